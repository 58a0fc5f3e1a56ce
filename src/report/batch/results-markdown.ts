import path from 'node:path';
import type { BatchResults, ModelResults, OutputResult } from '../../batch/results/results.js';
import { formatAmount, formatBytes } from '../format.js';
import { codeText, escapeMarkdown } from '../formats/escape-markdown.js';
import { resultsTable } from './markdown-table.js';
import { failuresOf, tallyOf } from './tally.js';

/**
 * `results.md`: tables for a model card, one for each model, smallest file first; what was changed; what failed. Models of one
 * output each share a table, since five hundred repaired files are no five hundred sections.
 */
export function resultsMarkdown(results: BatchResults): string {
  const made = results.models
    .map((model) => ({ ...model, outputs: doneOf(model) }))
    .filter(({ outputs }) => outputs.length > 0);
  const areSingle = made.length > 1 && results.models.every(({ outputs }) => outputs.length <= 1);
  const tables = areSingle ? [resultsTable(made.flatMap(({ outputs }) => outputs))] : made.map(section);
  const parts = [...tables, changes(made), failures(results), open(results)].filter((part) => part !== '');
  return parts.length === 0 ? 'No outputs.\n' : parts.join('\n');
}

/** Sorted by size, those of one size by path. */
function doneOf({ outputs }: ModelResults): readonly OutputResult[] {
  const done = outputs.filter(({ status }) => status === 'done');
  return done.sort((a, b) => (a.bytes ?? 0) - (b.bytes ?? 0) || (a.path < b.path ? -1 : 1));
}

function section(model: ModelResults): string {
  const name = path.posix.basename(model.model).replace(/\.gguf$/i, '');
  return `## ${escapeMarkdown(name)}\n\n${resultsTable(model.outputs)}${ground(model)}`;
}

/** What the outputs of a model were made of and held against. */
function ground({ model, bytes, sha256, text, outputs }: ModelResults): string {
  const engines = [...new Set(outputs.flatMap(({ engine }) => engine ?? []))];
  const hash = sha256 === undefined ? '' : `, SHA-256 \`${sha256}\``;
  const by = engines.length === 0 ? '' : `, by ${escapeMarkdown(engines.join(' and '))}`;
  const [measured] = outputs.flatMap(({ evaluation }) => evaluation ?? []);
  const on =
    text === undefined
      ? ''
      : ` over ${formatAmount(measured?.chunks ?? 0, 'chunk')} of ${codeText(path.posix.basename(text))}`;
  const compared =
    measured === undefined ? '' : ` KLD is the mean divergence from the model in nats${on}; ± is one standard error.`;
  return `\nMade of ${codeText(model)} (${formatBytes(bytes)}${hash})${by}.${compared}\n`;
}

function changes(models: readonly ModelResults[]): string {
  const changed = models.flatMap(({ outputs }) => outputs.filter((output) => output.changes.length > 0));
  if (changed.length === 0) return '';
  const items = changed.map(
    (output) => `- ${codeText(output.path)}: ${output.changes.map(escapeMarkdown).join('; ')}\n`,
  );
  return `## What was changed\n\n${items.join('')}`;
}

function failures(results: BatchResults): string {
  const items = failuresOf(results).map(({ what, message }) => `- ${codeText(what)}: ${escapeMarkdown(message)}\n`);
  return items.length === 0 ? '' : `## Not made\n\n${items.join('')}`;
}

function open(results: BatchResults): string {
  const count = tallyOf(results).open;
  return count === 0 ? '' : `Not done yet: ${formatAmount(count, 'output')}.\n`;
}
