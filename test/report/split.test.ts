import { expect, test } from 'vitest';
import { renderSplit, type SplitReport, splitDocument } from '../../src/report/split.js';
import { splitDocumentSchema } from '../../src/report/split-schema.js';
import { PLAIN } from '../../src/report/styles.js';

const report: SplitReport = {
  source: 'model\u001b[2J.gguf',
  status: 'split',
  files: [
    { file: 'm-00001-of-00002.gguf', tensors: 1, bytes: 1024 },
    { file: 'm-00002-of-00002.gguf', tensors: 1200, bytes: 3 * 2 ** 30 },
  ],
  notes: ['a note'],
  seconds: 2.00049,
};

test('as text, with nothing that a terminal obeys', () => {
  const text = renderSplit(report, { width: 80, styles: PLAIN });
  expect(text).not.toContain('\u001b');
  expect(text.split('\n').slice(1)).toEqual([
    'm-00001-of-00002.gguf       1 tensor  1.00 KiB',
    'm-00002-of-00002.gguf  1,200 tensors  3.00 GiB',
    'a note',
    'wrote 1,201 tensors and 3.00 GiB in 2 files, in 2.0 s',
    '',
  ]);
});

test('as a document, which its schema takes', () => {
  const document = splitDocument(report);
  expect(splitDocumentSchema.parse(document)).toEqual(document);
  expect(document).toMatchObject({ tensors: 1201, bytes: 3 * 2 ** 30 + 1024, seconds: 2 });
});
