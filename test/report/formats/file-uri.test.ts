import { expect, test } from 'vitest';
import { fileUri, isAbsoluteUri } from '../../../src/report/formats/file-uri.js';

test.each([
  ['C:\\m\\a.gguf', '\\', 'file:///C:/m/a.gguf'],
  ['m\\a b.gguf', '\\', 'm/a%20b.gguf'],
  ['m\\a.gguf', '/', 'm%5Ca.gguf'],
  ['/m/a.gguf', '/', 'file:///m/a.gguf'],
])('%s on a system that separates with %s', (source, separator, uri) => {
  expect(fileUri(source, separator)).toBe(uri);
  expect(isAbsoluteUri(uri)).toBe(uri.startsWith('file:'));
});
