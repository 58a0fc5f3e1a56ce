import { expect, test } from 'vitest';
import { renderBatchSummary } from '../../../src/report/batch/summary.js';
import { PLAIN } from '../../../src/report/styles.js';
import { displayWidth } from '../../../src/report/text-width.js';
import { doneOutput, EVALUATION, resultsWith } from '../../batch/results/support.js';

const PAGE = { width: 80, styles: PLAIN };
const error = { code: 'no-space', message: 'the disk is full' };
const named = { code: 'no-space', message: 'm-Q2_K.gguf: the disk is full' };

test('what is there, what failed and why, where the results are', () => {
  const check = { verdict: 'pass' as const, errors: 0, warnings: 1, findings: [] };
  const results = resultsWith([
    doneOutput('m-Q4_0.gguf', 2 ** 20, { type: 'Q4_0', bpw: 4.5, evaluation: EVALUATION, check }),
    doneOutput('m-Q8_0.gguf', 2 ** 21, { changes: ['a', 'b'] }),
    doneOutput('m-Q2_K.gguf', 0, { status: 'failed', files: [], error: named }),
    doneOutput('m-Q3_K.gguf', 0, { status: 'blocked', files: [], error, blockedBy: 'imatrix of m' }),
    doneOutput('m-Q5_K.gguf', 0, { status: 'open', files: [] }),
  ]);
  expect(renderBatchSummary(results, 'out', PAGE)).toBe(`file         type      size   bpw      KLD  changes  check
m-Q4_0.gguf  Q4_0  1.00 MiB  4.50  0.01235           pass, 1 warning
m-Q8_0.gguf        2.00 MiB                       2

✗ m-Q2_K.gguf: the disk is full
✗ m-Q3_K.gguf: imatrix of m failed: the disk is full

2 of 5 outputs, 3.00 MiB, 1 failed, 1 blocked by a failure, 1 not done yet
results in out: results.md, results.json, SHA256SUMS
`);
});

test('hundreds of outputs and failures do not push the end off the screen', () => {
  const outputs = Array.from({ length: 600 }, (_, i) =>
    doneOutput(`${i}.gguf`, 1, i < 300 ? {} : { status: 'failed', files: [], error }),
  );
  const lines = renderBatchSummary(resultsWith(outputs), 'out', PAGE).split('\n');
  expect(lines.length).toBeLessThan(120);
  expect(lines).toContain('… and 250 more outputs');
  expect(lines).toContain('… and 250 more failures');
});

test('no line is wider than the page, and nothing of a message steers the terminal', () => {
  const message = `\u001b[2J${'很长 '.repeat(80)}`;
  const outputs = [
    doneOutput('x'.repeat(300), 1, { type: 'y'.repeat(90) }),
    doneOutput('b', 1, { status: 'failed', files: [], error: { code: 'x', message } }),
  ];
  const text = renderBatchSummary(resultsWith(outputs), 'out', PAGE);
  expect(text).not.toContain('\u001b');
  for (const line of text.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(80);
});

test('nothing was made', () => {
  expect(renderBatchSummary({ models: [] }, 'out', PAGE)).toBe(
    '0 of 0 outputs, 0 B\nresults in out: results.md, results.json\n',
  );
});
