import path from 'node:path';
import { expect, test } from 'vitest';
import { layoutOf, recordedFile, recordedPath } from '../../src/batch/layout.js';

test('all that is no result is below one hidden folder of the output folder', () => {
  const { root, state, ...rest } = layoutOf('/b', 'out');
  expect(root).toBe(path.resolve('/b/out'));
  expect(path.dirname(state)).toBe(root);
  for (const each of Object.values(rest)) expect(path.dirname(each)).toBe(state);
  expect(layoutOf('/b', undefined).root).toBe(path.resolve('/b'));
  expect(layoutOf('/b', '/other').root).toBe(path.resolve('/other'));
});

test.each([
  ['/b/out/a.gguf', 'a.gguf'],
  ['/b/out/sub/a.gguf', 'sub/a.gguf'],
  ['/b/out/..a.gguf', '..a.gguf'],
  ['/b/a.gguf', '/b/a.gguf'],
  ['/b/out2/a.gguf', '/b/out2/a.gguf'],
])('%s is recorded as %s, and found again', (file, recorded) => {
  const layout = layoutOf('/b', 'out');
  expect(recordedPath(layout, file)).toBe(recorded);
  expect(recordedFile(layout, recorded)).toBe(file);
});
