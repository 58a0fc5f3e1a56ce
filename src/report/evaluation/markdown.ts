import { formatBits, formatBytes } from '../format.js';
import { codeHtml, escapeMarkdown } from '../formats/escape-markdown.js';
import { figuresOf } from './figures.js';
import { type EvaluationReport, measuredFiles } from './report.js';
import { comparedText } from './text.js';

/** The evaluation as Markdown, for a model card: a table with every figure, and what it was compared with. */
export function renderEvaluationMarkdown(report: EvaluationReport): string {
  const measured = measuredFiles(report);
  const [first] = measured;
  if (first === undefined) return `Nothing could be measured.\n${failures(report)}`;
  const titles = figuresOf(first.evaluation).map(({ label }) => label);
  const head = ['quant', 'size', 'bits per weight', ...titles, 'Pareto front'];
  const rows = measured.map(({ label, evaluation, isOnFront }) => [
    codeHtml(label),
    formatBytes(evaluation.size.bytes),
    formatBits(evaluation.size.bitsPerWeight),
    ...figuresOf(evaluation).map(({ text }) => text),
    isOnFront ? 'yes' : '',
  ]);
  const lines = [head, [':---', ...head.slice(1).map(() => '---:')], ...rows].map(
    (cells) => `| ${cells.join(' | ')} |\n`,
  );
  return `${lines.join('')}\n${ground(report, comparedText(first.evaluation))}${failures(report)}`;
}

function ground({ base, text, engine }: EvaluationReport, compared: string): string {
  const against = base === undefined ? '' : ` with ${codeHtml(base.source)} (${formatBytes(base.size.bytes)})`;
  const on = text === undefined ? '' : ` on ${codeHtml(text)}`;
  return `Compared${against}${on}: ${compared}, by ${escapeMarkdown(engine)}. KLD is in nats; ± is one standard error.\n`;
}

function failures({ files }: EvaluationReport): string {
  const failed = files.flatMap((file) => ('error' in file ? [file] : []));
  const items = failed.map(({ source, error }) => `- ${codeHtml(source)}: ${escapeMarkdown(error.message)}\n`);
  return items.length === 0 ? '' : `\nNot measured:\n\n${items.join('')}`;
}
