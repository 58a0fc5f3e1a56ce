import { describe, expect, test } from 'vitest';
import { architecture } from '../../../src/checks/metadata/architecture.js';
import { testRule } from '../rule-test.js';
import { type Difference, findingsIn, wholeModel } from './whole-model.js';

describe('metadata/architecture', () => {
  testRule(architecture, [
    {
      title: 'none',
      bytes: wholeModel({ keys: { 'general.architecture': undefined } }),
      message: /^'general.architecture' is missing: nothing/,
    },
    {
      title: "a name of Ollama's own",
      bytes: wholeModel({ architecture: 'gptoss' }),
      message: /is 'gptoss', .*; it calls it 'gpt-oss'/,
    },
  ]);

  test.each<Difference>([{}])('accepts %#', (difference) => {
    expect(findingsIn(architecture, difference)).toEqual([]);
  });

  test('an unknown name is a warning: a newer llama.cpp may know it', () => {
    expect(findingsIn(architecture, { architecture: 'tomorrow' })).toMatchObject([
      { severity: 'warning', message: expect.stringContaining("'tomorrow'") },
    ]);
  });
});
