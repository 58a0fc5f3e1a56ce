import type { BatchResults, OutputResult } from '../../batch/results/results.js';
import { printable } from '../../gguf/printable.js';
import type { Column } from '../columns.js';
import { fixed } from '../evaluation/figures.js';
import { formatAmount, formatBits, formatBytes } from '../format.js';
import type { Page } from '../styles.js';
import { renderTable } from '../table.js';
import { wrapText } from '../text-width.js';
import { checkText } from './check-text.js';
import { failuresOf, tallyOf } from './tally.js';

/** More rows push everything else off the screen; the result files have all. */
const MAX_ROWS = 50;

/** What a run prints at its end: what is there, what failed and why, where the results are. `folder` is where. */
export function renderBatchSummary(results: BatchResults, folder: string, page: Page): string {
  const done = results.models.flatMap(({ outputs }) => outputs.filter(({ status }) => status === 'done'));
  const table = done.length === 0 ? '' : `${doneTable(done.slice(0, MAX_ROWS), page)}${moreText(done.length)}\n`;
  return [table, failuresText(results, page), totalsText(results, page), whereText(done, folder)].join('');
}

function doneTable(outputs: readonly OutputResult[], page: Page): string {
  const columns = COLUMNS.filter(({ cell }) => outputs.some((output) => cell(output) !== ''));
  return renderTable(
    columns,
    outputs.map((output) => columns.map(({ cell }) => printable(cell(output)))),
    page,
  );
}

const right = { align: 'right' } as const;

const COLUMNS: readonly (Column & { readonly cell: (output: OutputResult) => string })[] = [
  { title: 'file', fills: true, cell: (output) => output.path },
  { title: 'type', max: 12, cell: ({ type = '' }) => type },
  { title: 'size', ...right, cell: ({ bytes }) => (bytes === undefined ? '' : formatBytes(bytes)) },
  { title: 'bpw', ...right, cell: ({ bpw }) => (bpw === undefined ? '' : formatBits(bpw)) },
  { title: 'KLD', ...right, cell: ({ evaluation }) => (evaluation ? fixed(evaluation.meanKld.value, 5) : '') },
  { title: 'changes', ...right, cell: ({ changes }) => (changes.length === 0 ? '' : `${changes.length}`) },
  { title: 'check', cell: ({ check }) => (check === undefined ? '' : checkText(check)) },
];

function moreText(count: number): string {
  return count > MAX_ROWS ? `… and ${formatAmount(count - MAX_ROWS, 'more output')}\n` : '';
}

function failuresText(results: BatchResults, { styles, width }: Page): string {
  const failures = failuresOf(results);
  const lines = failures.slice(0, MAX_ROWS).map(({ what, message }) => {
    const text = message.includes(what) ? message : `${what}: ${message}`;
    return `${styles.error('✗')} ${wrapText(printable(text), width - 2).join('\n  ')}\n`;
  });
  const more = failures.length > MAX_ROWS ? `… and ${formatAmount(failures.length - MAX_ROWS, 'more failure')}\n` : '';
  return lines.length === 0 ? '' : `${lines.join('')}${more}\n`;
}

function totalsText(results: BatchResults, { styles }: Page): string {
  const { outputs, done, skipped, failed, blocked, open, unreadableModels, bytes } = tallyOf(results);
  const parts: readonly (readonly [count: number, text: string])[] = [
    [skipped, `${skipped} left alone`],
    [failed, styles.error(`${failed} failed`)],
    [blocked, styles.error(`${blocked} blocked by a failure`)],
    [open, styles.warning(`${open} not done yet`)],
    [unreadableModels, styles.error(`${formatAmount(unreadableModels, 'model')} cannot be used`)],
  ];
  const told = parts.filter(([count]) => count > 0).map(([, text]) => `, ${text}`);
  const all =
    done === outputs
      ? styles.good(`${done} of ${formatAmount(outputs, 'output')}`)
      : `${done} of ${formatAmount(outputs, 'output')}`;
  return `${all}, ${formatBytes(bytes)}${told.join('')}\n`;
}

function whereText(done: readonly OutputResult[], folder: string): string {
  const checksums = done.length === 0 ? '' : ', SHA256SUMS';
  return `results in ${printable(folder)}: results.md, results.json${checksums}\n`;
}
