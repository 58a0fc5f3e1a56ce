import { expect, test } from 'vitest';
import { readImatrix } from '../../src/quantizer/imatrix/imatrix.js';
import { scanEntries } from '../../src/quantizer/imatrix/scan-entries.js';
import { imatrixJson } from '../../src/report/imatrix-json.js';
import { imatrixSchema } from '../../src/report/schemas.js';
import { memorySource } from '../../src/sources/memory.js';
import { ggufImatrix } from '../quantizer/support/imatrix.js';

test('the document has what the file says, and with values the energies', async () => {
  const file = ggufImatrix({
    'blk.3.a.weight': {
      sums: [
        [2, 4],
        [1, 1],
      ],
      counts: [2, 0],
    },
  });
  const source = memorySource(file.bytes());
  const imatrix = await readImatrix(source);
  const plain = {
    format: 'gguf',
    datasets: ['text.txt'],
    chunkCount: 10,
    chunkSize: 512,
    entries: [{ name: 'blk.3.a.weight', columns: 2, matrices: 2 }],
  };
  expect(imatrixJson({ imatrix })).toEqual(plain);
  const full = imatrixJson({ imatrix, scans: await scanEntries(source, imatrix) });
  expect(full).toEqual({
    ...plain,
    entries: [{ name: 'blk.3.a.weight', columns: 2, matrices: 2, energy: 3, uncounted: 1 }],
    layers: [{ layer: 3, entries: 1, energy: 3 }],
  });
  expect(imatrixSchema.parse(full)).toEqual(full);
});

test('one that cannot be used says why', () => {
  expect(imatrixJson({ fault: 'x' })).toEqual({ fault: 'x' });
});
