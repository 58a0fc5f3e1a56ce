import { expect, test } from 'vitest';
import { imatrixKeys } from '../../../src/quantizer/recipes/imatrix-keys.js';

/** The values by the last part of their keys. */
function valuesOf(note: Parameters<typeof imatrixKeys>[0]) {
  return Object.fromEntries(imatrixKeys(note).map(({ key, value }) => [key.replace('quantize.imatrix.', ''), value]));
}

test('what is known is noted', () => {
  expect(valuesOf({ file: 'i.gguf', dataset: 'text.txt', entries: 340, chunks: 750 })).toEqual({
    file: { type: 'string', value: 'i.gguf' },
    dataset: { type: 'string', value: 'text.txt' },
    entries_count: { type: 'uint32', value: 340 },
    chunks_count: { type: 'uint32', value: 750 },
  });
  expect(Object.keys(valuesOf({ file: 'i.gguf', entries: 1, chunks: 0 }))).toEqual(['file', 'entries_count']);
});

test.each([
  ['x'.repeat(127), 'x'.repeat(127)],
  ['x'.repeat(128), 'x'.repeat(127)],
  // The 127th byte is the first of two.
  [`${'x'.repeat(126)}ü`, `${'x'.repeat(126)}?`],
  [`${'x'.repeat(125)}ü`, `${'x'.repeat(125)}ü`],
  ['😀'.repeat(40), `${'😀'.repeat(31)}???`],
])('%s is cut to 127 bytes', (file, cut) => {
  const { value } = imatrixKeys({ file, entries: 1 })[0]!;
  expect(value).toEqual({ type: 'string', value: cut });
});
