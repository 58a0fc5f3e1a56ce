import { printable } from '../gguf/printable.js';
import { formatAmount, formatBytes, formatSeconds } from './format.js';
import type { SplitDocument } from './split-schema.js';
import type { Page } from './styles.js';
import { renderTable } from './table.js';
import { wrapText } from './text-width.js';

/** What became of a split, or would become. */
export interface SplitReport {
  readonly source: string;
  readonly status: 'planned' | 'split';
  /** The shards in order. */
  readonly files: readonly { readonly file: string; readonly tensors: number; readonly bytes: number }[];
  readonly notes: readonly string[];
  readonly seconds: number;
}

/** A split as text. */
export function renderSplit(report: SplitReport, page: Page): string {
  const { source, status, files, notes, seconds } = report;
  const { tensors, bytes } = totals(report);
  const what = `${formatAmount(tensors, 'tensor')} and ${formatBytes(bytes)} in ${formatAmount(files.length, 'file')}`;
  const rows = files.map((each) => [
    printable(each.file),
    formatAmount(each.tensors, 'tensor'),
    formatBytes(each.bytes),
  ]);
  return [
    `${page.styles.heading(printable(source))}\n`,
    renderTable([{ title: '' }, { title: '', align: 'right' }, { title: '', align: 'right' }], rows, page),
    ...notes.map((note) => `${wrapText(note, page.width).join('\n')}\n`),
    status === 'planned' ? `would write ${what}\n` : `wrote ${what}, in ${formatSeconds(seconds)}\n`,
  ].join('');
}

/** The document that `ggufix split --json` prints; `splitDocumentSchema` describes it. */
export function splitDocument(report: SplitReport): SplitDocument {
  const { source, status, files, notes, seconds } = report;
  return {
    schema: 'ggufix.split/1',
    source,
    status,
    ...totals(report),
    files: files.map(({ file, tensors, bytes }) => ({ file, tensors, bytes })),
    notes: [...notes],
    seconds: Math.round(seconds * 1000) / 1000,
  };
}

/** The document of a split that failed. */
export function failedSplit(source: string, error: { readonly code: string; readonly message: string }): SplitDocument {
  return { schema: 'ggufix.split/1', source, status: 'failed', error };
}

function totals({ files }: SplitReport): { readonly tensors: number; readonly bytes: number } {
  return {
    tensors: files.reduce((sum, each) => sum + each.tensors, 0),
    bytes: files.reduce((sum, each) => sum + each.bytes, 0),
  };
}
