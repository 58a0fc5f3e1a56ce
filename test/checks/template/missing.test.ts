import { describe, expect, test } from 'vitest';
import { missing } from '../../../src/checks/template/missing.js';
import { gguf } from '../../support/gguf-builder.js';
import { cleanFile, findingsOf, testRule } from '../rule-test.js';

const named = (value: string) => cleanFile().metadata('general.name', { type: 'string', value });

describe('template/missing', () => {
  testRule(missing, [
    {
      title: 'an instruct model',
      bytes: named('Tiny 1B Instruct').bytes(),
      message: /'general.name' calls .* 'Instruct'/,
    },
    { title: 'an it model', bytes: named('gemma-3n-E2B-it').bytes(), data: { word: 'it' } },
  ]);

  test.each(['Gemma 3n E2B', 'Italian', 'chatter', 'Wait'])('%s is no chat model', (name) => {
    expect(findingsOf(missing, named(name).bytes())).toEqual([]);
  });

  test('is silent with a template, on a vocabulary alone, and on a file that breaks off', () => {
    const whole = named('a chat');
    const template = whole.metadata('tokenizer.chat_template', { type: 'string', value: 'x' });
    const vocabulary = gguf().metadata('general.name', { type: 'string', value: 'a chat' });
    for (const bytes of [template.bytes(), vocabulary.bytes(), whole.counts({ keys: 50n }).bytes()]) {
      expect(findingsOf(missing, bytes)).toEqual([]);
    }
  });
});
