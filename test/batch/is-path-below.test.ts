import { expect, test } from 'vitest';
import { isPathBelow } from '../../src/batch/is-path-below.js';

test.each(['a.gguf', 'folder/a.gguf', '.ggufix-batch/scores/a.kld', '..a'])('%j leads down', (text) => {
  expect(isPathBelow(text)).toBe(true);
});

test.each(['', '/a', '..', 'a/../b', './a', 'a//b', 'C:/a', 'c:a', 'a\\b', 'a\0'])('%j does not', (text) => {
  expect(isPathBelow(text)).toBe(false);
});
