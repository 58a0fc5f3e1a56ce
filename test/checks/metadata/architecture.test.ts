import { describe, expect, test } from 'vitest';
import { architecture } from '../../../src/checks/metadata/architecture.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { changedNames, findingsOf, fixedHeader, testRule } from '../rule-test.js';
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

  test('the fix of olmo3 renames it and its keys and changes nothing else', () => {
    const bytes = wholeModel({ architecture: 'olmo3' });
    const header = parseHeader(bytes);
    const [finding] = findingsOf(architecture, bytes);
    expect(finding!.fix).toMatchObject({ safety: 'unsafe' });
    const after = fixedHeader(header, finding!);
    expect(findingsOf(architecture, Buffer.from(after.bytes))).toEqual([]);
    expect(after.metadata.map(({ key }) => key)).toEqual(
      header.metadata.map(({ key }) => key.replace(/^olmo3\./, 'olmo2.')),
    );
    expect(changedNames(header, after).tensors).toEqual([]);
  });

  test('nothing is offered for names whose tensors differ as well', () => {
    expect(findingsIn(architecture, { architecture: 'gptoss' })[0]!.fix).toBeUndefined();
  });
});
