import path from 'node:path';
import { expect, test } from 'vitest';
import { resultPath } from '../../../src/batch/results/result-path.js';

test.each([
  ['a/b.gguf', 'a/b.gguf'],
  [path.resolve('/batch/out/c.gguf'), 'c.gguf'],
  [path.resolve('/batch/models/d.gguf'), '../models/d.gguf'],
])('%s is %s', (recorded, seen) => {
  expect(resultPath(path.resolve('/batch/out'), recorded)).toBe(seen);
});
