import { expect, test } from 'vitest';
import { matchesGlob } from '../../src/config/glob.js';

test.each([
  ['*.gguf', 'm.gguf', true],
  ['*.gguf', 'a/b/m.gguf', true],
  ['./*.gguf', 'm.gguf', true],
  ['a/*.gguf', 'a/m.gguf', true],
  ['a/*.gguf', 'a/b/m.gguf', false],
  ['a/**', 'a/b/m.gguf', true],
  ['a/**/*.gguf', 'a/m.gguf', true],
  ['a/**/*.gguf', 'b/m.gguf', false],
  ['**/drafts/*', 'x/y/drafts/m.gguf', true],
  ['m-?.gguf', 'm-1.gguf', true],
  ['m-?.gguf', 'm-12.gguf', false],
  ['../*.gguf', '../m.gguf', true],
])('%s and %s: %s', (glob, path, expected) => {
  expect(matchesGlob(glob, path)).toBe(expected);
});

test('many folders of any name against a deep path come to an end', () => {
  expect(matchesGlob(`${'**/'.repeat(500)}x`, 'a/'.repeat(2000))).toBe(false);
});
