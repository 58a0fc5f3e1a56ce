import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeName } from '../../../src/batch/manifest/safe-name.js';

test.each([
  'gemma-3n-E2B-it',
  'Qwen2.5-7B',
  'name with spaces',
  'Größe',
  '模型',
  '😀',
  'console',
  'com',
  'com10',
  'auxiliary.gguf',
])('%j is safe', (name) => {
  expect(safeName(name)).toBe(name);
});

test.each([
  ['a/b', 'a_b'],
  ['a\\b', 'a_b'],
  ['../../etc/passwd', '__.._etc_passwd'.replace('..', '_')],
  ['..', '_'],
  ['.', '_'],
  ['.hidden', '_hidden'],
  ['a..b', 'a_b'],
  ['end.', 'end_'],
  ['end ', 'end_'],
  [' start', '_start'],
  ['C:\\x', 'C__x'],
  ['a:stream', 'a_stream'],
  ['what?*<>|"', 'what______'],
  ['a\u0000b\u001b[2Jc\nd', 'a_b_[2Jc_d'],
  ['a\u202egpj', 'a_gpj'],
  ['\ufeffa', '_a'],
  ['half \ud83d', 'half _'],
  ['CON', '_CON'],
  ['con.gguf', '_con.gguf'],
  ['LPT1 .txt', '_LPT1 .txt'],
  ['com¹', '_com¹'],
])('%j becomes %j', (name, safe) => {
  expect(safeName(name)).toBe(safe);
});

test('whatever comes in, a name of one file comes out, and stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const safe = safeName(text);
      expect(safe).not.toMatch(/[/\\:\0]|^\.|[. ]$/);
      expect(safeName(safe)).toBe(safe);
    }),
  );
});
