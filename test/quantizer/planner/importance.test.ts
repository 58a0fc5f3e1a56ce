import { expect, test } from 'vitest';
import { openImatrix } from '../../../src/quantizer/planner/importance.js';
import { tempFile } from '../../support/temp.js';
import { bareHeader } from '../recipes/support/header-only.js';
import { ggufImatrix } from '../support/imatrix.js';

const { tensors } = bareHeader({
  metadata: [],
  tensors: [
    { name: 'a.weight', type: 'F16', dims: [2, 3] },
    { name: 'b.weight', type: 'F16', dims: [4, 3] },
    { name: 'c.weight', type: 'F16', dims: [2, 3] },
  ],
});
const [a, b, c] = tensors;

test('mean squares of the columns of tensors that it knows', async () => {
  if (a === undefined || b === undefined || c === undefined) throw new Error('no tensors');
  const file = tempFile(ggufImatrix({ 'a.weight': { sums: [[4, 8]], counts: [4] } }).bytes());
  await using imatrix = await openImatrix(file);
  expect([imatrix.has(a), imatrix.has(c)]).toEqual([true, false]);
  expect([...((await imatrix.importance(a)) ?? [])]).toEqual([1, 2]);
  expect(await imatrix.importance(c)).toBeUndefined();
});

test('an entry of another size, and values that are no weights, are refused', async () => {
  if (a === undefined || b === undefined) throw new Error('no tensors');
  const entries = { 'a.weight': { sums: [[Number.NaN, 8]], counts: [4] }, 'b.weight': { sums: [[4, 8]], counts: [4] } };
  await using imatrix = await openImatrix(tempFile(ggufImatrix(entries).bytes()));
  expect(() => imatrix.has(b)).toThrow(expect.objectContaining({ code: 'bad-value' }));
  await expect(imatrix.importance(a)).rejects.toMatchObject({ code: 'bad-value' });
});

test.each(['token_embd.weight', 'per_layer_token_embd.weight'])(
  'an entry of another size for %s is no entry, as for llama-quantize',
  async (name) => {
    const [tensor] = bareHeader({ metadata: [], tensors: [{ name, type: 'F16', dims: [4, 3] }] }).tensors;
    if (tensor === undefined) throw new Error('no tensor');
    await using imatrix = await openImatrix(tempFile(ggufImatrix({ [name]: { sums: [[4, 8]], counts: [4] } }).bytes()));
    expect(imatrix.has(tensor)).toBe(false);
    expect(await imatrix.importance(tensor)).toBeUndefined();
  },
);
