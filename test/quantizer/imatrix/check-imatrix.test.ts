import { expect, test } from 'vitest';
import { parseHeader } from '../../../src/gguf/parse.js';
import { checkImatrix } from '../../../src/quantizer/imatrix/check-imatrix.js';
import { gguf } from '../../support/gguf-builder.js';
import { tempFile } from '../../support/temp.js';
import { datImatrix, ggufImatrix } from '../support/imatrix.js';

const NAME = 'blk.0.attn_q.weight';
const model = parseHeader(gguf().tensor(NAME, 'F16', [2, 4]).bytes());

test('what the values say is part of it', async () => {
  const file = tempFile(ggufImatrix({ [NAME]: { sums: [[1, Number.NaN]], counts: [1] } }).bytes());
  const { imatrix, problems } = await checkImatrix(file, model, undefined);
  expect([...imatrix.entries.keys()]).toEqual([NAME]);
  expect(problems).toEqual([{ kind: 'non-finite', tensor: NAME, matrix: 0, column: 1, value: Number.NaN }]);
});

test('a file in the old format is judged alike', async () => {
  const file = tempFile(datImatrix([{ name: NAME, calls: 0, values: [1, 2, 3] }]));
  const { imatrix, problems } = await checkImatrix(file, model, undefined);
  expect([...imatrix.entries.keys()]).toEqual([NAME]);
  expect(problems).toEqual([{ kind: 'size', tensor: NAME, found: 3, expected: 2 }]);
});

test('a file that is none is refused', async () => {
  await expect(checkImatrix(tempFile(Buffer.from('hello, hello')), model, undefined)).rejects.toMatchObject({
    code: 'header-unreadable',
  });
});
