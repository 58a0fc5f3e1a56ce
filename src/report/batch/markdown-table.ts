import path from 'node:path';
import type { OutputResult } from '../../batch/results/results.js';
import { MISSING, withError } from '../evaluation/figures.js';
import { formatAmount, formatBits, formatBytes } from '../format.js';
import { codeText, escapeMarkdown } from '../formats/escape-markdown.js';
import { fileUri } from '../formats/file-uri.js';
import { checkText } from './check-text.js';

/** One column: its title, how it is aligned, and the cell of an output, where it has one. */
interface MarkdownColumn {
  readonly title: string;
  readonly align: ':---' | '---:';
  readonly cell: (output: OutputResult) => string | undefined;
}

/** A Markdown table of finished outputs. Columns that no output has anything for are left out. Ends with a newline. */
export function resultsTable(outputs: readonly OutputResult[]): string {
  const columns = COLUMNS.filter(({ cell }) => outputs.some((output) => cell(output) !== undefined));
  const rows = [
    columns.map(({ title }) => title),
    columns.map(({ align }) => align),
    ...outputs.map((output) => columns.map(({ cell }) => cell(output) ?? MISSING)),
  ];
  return rows.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

const COLUMNS: readonly MarkdownColumn[] = [
  { title: 'file', align: ':---', cell: nameCell },
  { title: 'type', align: ':---', cell: typeCell },
  { title: 'size', align: '---:', cell: ({ bytes }) => (bytes === undefined ? undefined : formatBytes(bytes)) },
  { title: 'bpw', align: '---:', cell: ({ bpw }) => (bpw === undefined ? undefined : formatBits(bpw)) },
  { title: 'KLD', align: '---:', cell: ({ evaluation }) => evaluation && withError(evaluation.meanKld, 6) },
  {
    title: 'same top',
    align: '---:',
    cell: ({ evaluation }) => evaluation && `${evaluation.sameTop.value.toFixed(2)} %`,
  },
  { title: 'SHA-256', align: ':---', cell: hashCell },
  { title: 'check', align: ':---', cell: ({ check }) => check && checkText(check) },
];

/** The name with a link to the first file, which is beside the table. */
function nameCell({ path: place, files }: OutputResult): string {
  const [first] = files;
  const count = files.length > 1 ? ` (${formatAmount(files.length, 'file')})` : '';
  const name = codeText(path.posix.basename(place));
  // What is on another drive cannot be reached from here.
  return first === undefined || path.win32.isAbsolute(first.path) ? name : `[${name}](${linkTo(first.path)})${count}`;
}

/** Parentheses would end the link. */
function linkTo(relative: string): string {
  return fileUri(relative, '/').replaceAll('(', '%28').replaceAll(')', '%29');
}

function typeCell({ type, recipe }: OutputResult): string | undefined {
  if (type === undefined) return undefined;
  return recipe === undefined || recipe.name === type ? wordText(type) : `${wordText(recipe.name)} (${wordText(type)})`;
}

/** `Q4_K_M` needs no escapes: an underscore within a word marks nothing. */
function wordText(text: string): string {
  return /^[a-z0-9]+(?:[_.-][a-z0-9]+)*$/i.test(text) ? text : escapeMarkdown(text);
}

/** Enough of it to tell files apart; `SHA256SUMS` has all. */
function hashCell({ files: [first, second] }: OutputResult): string | undefined {
  if (second !== undefined) return 'SHA256SUMS';
  return first?.sha256 && `\`${first.sha256.slice(0, 16)}\``;
}
