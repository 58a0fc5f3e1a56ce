import { expect, test } from 'vitest';
import { readGgufImatrix } from '../../../src/quantizer/imatrix/read-gguf.js';
import { memorySource } from '../../../src/sources/memory.js';
import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';
import { ggufImatrix } from '../support/imatrix.js';

const good = (): GgufBuilder => ggufImatrix({ a: { sums: [[1, 2]], counts: [1] } });

async function read(file: GgufBuilder) {
  return await readGgufImatrix(memorySource(file.bytes(), 'i.gguf'));
}

test.each([
  [
    'a model',
    gguf().tensor('token_embd.weight', 'F32', [4]),
    /no .*'imatrix.chunk_count'|'imatrix.chunk_count' is missing/,
  ],
  ['no tensor', ggufImatrix({}), /it has no tensor '\*\.in_sum2'/],
  ['no counts', ggufImatrix({}).tensor('a.in_sum2', 'F32', [4]), /tensor 'a\.in_sum2' has no partner 'a\.counts'/],
  ['no sums', ggufImatrix({}).tensor('a.counts', 'F32', [1]), /tensor 'a\.counts' has no partner 'a\.in_sum2'/],
  ['plain sums only', ggufImatrix({}).tensor('a.in_sum', 'F32', [4]), /tensor 'a\.in_sum' has no partner 'a\.in_sum2'/],
  [
    'another type',
    ggufImatrix({}).tensor('a.in_sum2', 'F16', [4]).tensor('a.counts', 'F32', [1]),
    /'a\.in_sum2' is F16, expected F32/,
  ],
  [
    'plain sums of another size',
    good().tensor('a.in_sum', 'F32', [3]),
    /'a\.in_sum' has 3 values, expected 2 as its partner has/,
  ],
  [
    'counts that do not divide',
    ggufImatrix({}).tensor('a.in_sum2', 'F32', [4]).tensor('a.counts', 'F32', [3]),
    /has 4 values, expected a multiple of its 3 counts/,
  ],
  ['no values', ggufImatrix({}).tensor('a.in_sum2', 'F32', [0]).tensor('a.counts', 'F32', [1]), /has 0 values/],
  ['data cut off', good().cutAt(-33), /goes \d+ bytes past the end of the file/],
  ['a name twice', good().tensor('a.counts', 'F32', [1]), /'a\.counts' .* is there twice/],
])('%s is refused', async (_what, file, message) => {
  await expect(read(file)).rejects.toMatchObject({
    code: 'header-unreadable',
    message: expect.stringMatching(message),
  });
  await expect(read(file)).rejects.toThrow(/^i\.gguf is no usable importance matrix: /);
});

test.each(['imatrix.datasets', 'imatrix.chunk_count', 'imatrix.chunk_size'])(
  'a wrong type of %s is refused',
  async (key) => {
    const all = ['imatrix.datasets', 'imatrix.chunk_count', 'imatrix.chunk_size'];
    const file = all.reduce(
      (builder, each) =>
        each === key || each !== 'imatrix.datasets'
          ? builder.metadata(each, { type: each === key ? 'float64' : 'uint32', value: 1 })
          : builder.metadata(each, { type: 'array', itemType: 'string', items: [] }),
      gguf(),
    );
    await expect(read(file)).rejects.toThrow(new RegExp(`key '${key}' is (of type float64|no array of strings)`));
  },
);

test('a tensor that claims more values than any model has is refused before memory is taken', async () => {
  const length = 2 ** 24 + 1;
  const file = gguf()
    .metadata('imatrix.datasets', { type: 'array', itemType: 'string', items: [] })
    .metadata('imatrix.chunk_count', { type: 'uint32', value: 1 })
    .metadata('imatrix.chunk_size', { type: 'uint32', value: 1 })
    .tensor('a.counts', 'F32', [1])
    .tensor('a.in_sum2', 'F32', [length]);
  const bytes = file.bytes();
  await expect(readGgufImatrix(memorySource(bytes))).rejects.toMatchObject({ code: 'over-limit' });
});

test('more texts than anybody merged are refused', async () => {
  const items = Array.from({ length: 1025 }, () => '');
  const file = gguf()
    .metadata('imatrix.datasets', { type: 'array', itemType: 'string', items })
    .metadata('imatrix.chunk_count', { type: 'uint32', value: 1 })
    .metadata('imatrix.chunk_size', { type: 'uint32', value: 1 });
  await expect(read(file)).rejects.toMatchObject({ code: 'over-limit' });
});
