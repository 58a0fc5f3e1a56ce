import { expect, test } from 'vitest';
import type { Imatrix, ImatrixEntry } from '../../src/quantizer/imatrix/imatrix.js';
import type { EntryScan } from '../../src/quantizer/imatrix/scan-entries.js';
import { imatrixSections, renderDat } from '../../src/report/imatrix.js';
import { PLAIN } from '../../src/report/styles.js';

const PAGE = { width: 80, styles: PLAIN };

function entry(name: string, columns: number, matrices = 1): [string, ImatrixEntry] {
  const nowhere = { offset: 0, length: 0 };
  return [name, { name, columns, matrices, sums: nowhere, counts: { kind: 'tokens', at: nowhere } }];
}

const IMATRIX: Imatrix = {
  uri: 'i.gguf',
  format: 'gguf',
  datasets: ['text\u001b[31m.txt', 'chat.txt'],
  chunkCount: 1500,
  chunkSize: 512,
  entries: new Map([entry('blk.0.attn_q.weight', 2048), entry('blk.0.ffn_up_exps.weight', 2048, 128)]),
};

const SCANS: EntryScan[] = [
  { name: 'blk.0.attn_q.weight', energy: 12.34567, uncounted: { count: 0, first: [] }, nonFinite: undefined },
  { name: 'blk.0.ffn_up_exps.weight', energy: 1, uncounted: { count: 3, first: [1, 2, 3] }, nonFinite: undefined },
];

test('the summary says what the matrix is of and made from', () => {
  expect(imatrixSections({ imatrix: IMATRIX }, PAGE)).toEqual([
    [
      'Importance matrix',
      'of         2 tensors',
      'columns    2,048',
      'experts    128',
      'made from  1,500 chunks of 512 tokens: text\\u001b[31m.txt, chat.txt',
      'format     GGUF',
      '',
    ].join('\n'),
  ]);
});

test('with values there is a table of the layers and one of the tensors', () => {
  expect(imatrixSections({ imatrix: IMATRIX, scans: SCANS }, PAGE).slice(1)).toEqual([
    ['Importance by layer', 'layer  tensors  ∑ E[A²]', '    0        2  13.3457', ''].join('\n'),
    [
      'Importance by tensor',
      'tensor                    columns  matrices  unseen  ∑ E[A²]',
      'blk.0.attn_q.weight         2,048         1       0  12.3457',
      'blk.0.ffn_up_exps.weight    2,048       128       3   1.0000',
      '',
    ].join('\n'),
  ]);
});

test('many sizes are a range', () => {
  const entries = new Map([1, 2, 3, 4, 5, 6, 7].map((columns) => entry(`t${columns}`, columns)));
  expect(imatrixSections({ imatrix: { ...IMATRIX, entries } }, PAGE)[0]).toContain('columns    1 to 7\n');
});

test('one that cannot be used says why, harmlessly', () => {
  expect(imatrixSections({ fault: 'key \u001b[2J is missing' }, PAGE)).toEqual([
    'Importance matrix\n! key \\u001b[2J is missing\n',
  ]);
});

test('a file in the old format has its size and the sections', () => {
  const imatrix: Imatrix = { ...IMATRIX, format: 'dat', datasets: [], chunkCount: undefined, chunkSize: undefined };
  const text = renderDat({ source: 'i.dat', bytes: 2048, imatrix: { imatrix } }, PAGE);
  expect(text).toMatch(/^i\.dat\n\nsize {2}2\.00 KiB\n\nImportance matrix\n/);
  expect(text).toContain('made from  an unknown number of chunks\n');
});
