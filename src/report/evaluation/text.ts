import { printable } from '../../gguf/printable.js';
import type { QuantEvaluation } from '../../quantizer/evaluate/evaluate-quant.js';
import type { ModelSize } from '../../quantizer/evaluate/model-size.js';
import type { Column } from '../columns.js';
import { formatAmount, formatBits, formatBytes, formatInteger } from '../format.js';
import type { Page } from '../styles.js';
import { renderTable } from '../table.js';
import { wrapText } from '../text-width.js';
import { figuresOf, fixed, withError } from './figures.js';
import { type EvaluationReport, type LabelledFile, measuredFiles } from './report.js';

/** The evaluation for a terminal: all figures of one quant; of several a table and, with `verbose`, all figures too. */
export function renderEvaluation(report: EvaluationReport, { verbose }: { verbose: boolean }, page: Page): string {
  const measured = measuredFiles(report);
  const [first] = measured;
  if (first === undefined) return '';
  const ground = groundOf(report, first.evaluation, page);
  const details = measured.map((file) => detailsOf(file, page));
  if (report.files.length === 1) return [...details, ground].join('\n');
  const table = `${tableOf(measured, page)}${footnote(page)}`;
  return [...(verbose ? details : []), table, ground].join('\n');
}

function detailsOf({ source, evaluation }: LabelledFile, page: Page): string {
  const rows = [{ label: 'size', text: sizeText(evaluation.size) }, ...figuresOf(evaluation)];
  const cells = rows.map(({ label, text }) => [page.styles.faint(label), text]);
  return `${page.styles.heading(printable(source))}\n${renderTable([{ title: '' }, { title: '' }], cells, page)}`;
}

function sizeText({ bytes, bitsPerWeight }: ModelSize): string {
  return `${formatBytes(bytes)} (${formatInteger(bytes)} bytes), ${formatBits(bitsPerWeight)} bits per weight`;
}

const right = (title: string): Column => ({ title, align: 'right' });

const COLUMNS: readonly Column[] = [
  { title: 'quant', fills: true },
  right('size'),
  right('bits'),
  right('mean KLD'),
  right('99.9 %'),
  right('same top'),
  right('PPL ratio'),
];

function tableOf(files: readonly LabelledFile[], page: Page): string {
  const rows = files.map(({ label, isOnFront, evaluation }) => [
    `${isOnFront ? FRONT : ' '} ${printable(label)}`,
    formatBytes(evaluation.size.bytes),
    formatBits(evaluation.size.bitsPerWeight),
    withError(evaluation.meanKld, digitsOf(evaluation.meanKld.value, 6)),
    fixed(evaluation.kld999, digitsOf(evaluation.kld999, 4)),
    `${evaluation.sameTop.value.toFixed(2)} %`,
    evaluation.perplexityRatio.value.toFixed(5),
  ]);
  return renderTable(COLUMNS, rows, page);
}

/** Digits after the point, one less for each that a large value has before it, so that columns keep their width. */
function digitsOf(value: number | undefined, most: number): number {
  const before = Math.floor(Math.log10(Math.max(1, value ?? 0)));
  return Math.max(0, most - before);
}

/** Marks what is on the Pareto front. */
const FRONT = '*';

function footnote({ width, styles }: Page): string {
  const text = `${FRONT} on the Pareto front: no other is both smaller and closer to the base. KLD is in nats.`;
  return wrapText(text, width)
    .map((line) => `${styles.faint(line)}\n`)
    .join('');
}

/** What was compared with, and how much of it. */
function groundOf({ base, text, engine, files }: EvaluationReport, first: QuantEvaluation, page: Page): string {
  const failed = files.flatMap((file) => ('error' in file ? [printable(file.source)] : []));
  const rows = [
    ['base', base === undefined ? undefined : `${printable(base.source)}, ${formatBytes(base.size.bytes)}`],
    ['text', text === undefined ? undefined : printable(text)],
    ['compared', comparedText(first)],
    ['by', printable(engine)],
    ['not measured', failed.length === 0 ? undefined : failed.join(', ')],
  ].flatMap(([label = '', value]) => (value === undefined ? [] : [[page.styles.faint(label), value]]));
  return renderTable([{ title: '' }, { title: '', fills: true }], rows, page);
}

/** `234 chunks of 512 tokens, 59,670 of them scored`. */
export function comparedText({ contextSize, chunks, tokens }: QuantEvaluation): string {
  return `${formatAmount(chunks, 'chunk')} of ${formatInteger(contextSize)} tokens, ${formatInteger(tokens)} of them scored`;
}
