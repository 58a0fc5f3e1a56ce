import { printable } from '../gguf/printable.js';
import type { Imatrix } from '../quantizer/imatrix/imatrix.js';
import { importanceByLayer } from '../quantizer/imatrix/layers.js';
import type { EntryScan } from '../quantizer/imatrix/scan-entries.js';
import { formatAmount, formatBytes, formatInteger } from './format.js';
import type { Page } from './styles.js';
import { renderTable } from './table.js';

/** What is known of an importance matrix. */
export type ImatrixReport =
  | {
      readonly imatrix: Imatrix;
      /** What the values say; absent where they were not read. */
      readonly scans?: readonly EntryScan[];
    }
  /** The file calls itself one, but cannot be used: `fault` says why. */
  | { readonly fault: string };

/** An importance matrix in the old format, which has nothing else to show. */
export interface InspectedDat {
  readonly source: string;
  readonly bytes: number;
  readonly imatrix: ImatrixReport;
}

/** The report on a file in the old format, as text for a terminal. */
export function renderDat({ source, bytes, imatrix }: InspectedDat, page: Page): string {
  const size = renderTable([{ title: '' }, { title: '' }], [[page.styles.faint('size'), formatBytes(bytes)]], page);
  return [`${page.styles.heading(printable(source))}\n`, size, ...imatrixSections(imatrix, page)].join('\n');
}

/** The sections about an importance matrix, each with a heading: a summary, and where values were read, tables. */
export function imatrixSections(report: ImatrixReport, page: Page): string[] {
  const heading = (text: string): string => `${page.styles.heading(text)}\n`;
  const title = heading('Importance matrix');
  if ('fault' in report) return [`${title}${page.styles.warning('!')} ${printable(report.fault)}\n`];
  const { imatrix, scans } = report;
  const summary = `${title}${summaryText(imatrix, page)}`;
  if (scans === undefined) return [summary];
  return [
    summary,
    `${heading('Importance by layer')}${layerTable(scans, page)}`,
    `${heading('Importance by tensor')}${tensorTable(imatrix, scans, page)}`,
  ];
}

function summaryText({ entries, format, ...imatrix }: Imatrix, page: Page): string {
  const all = [...entries.values()];
  const experts = all.reduce((most, { matrices }) => Math.max(most, matrices), 0);
  const columns = [...new Set(all.map((entry) => entry.columns))].sort((a, b) => a - b);
  const rows = [
    ['of', formatAmount(entries.size, 'tensor')],
    ['columns', columnsText(columns)],
    ...(experts > 1 ? [['experts', formatInteger(experts)]] : []),
    ['made from', madeFrom(imatrix)],
    ['format', format === 'gguf' ? 'GGUF' : '.dat, as before July 2025'],
  ];
  const stated = rows.map(([label = '', value = '']) => [page.styles.faint(label), value]);
  return renderTable([{ title: '' }, { title: '', fills: true }], stated, page);
}

/** More numbers than these are a range. */
const MAX_COLUMN_COUNTS = 6;

function columnsText(columns: readonly number[]): string {
  const [first = 0, last = first] = [columns.at(0), columns.at(-1)];
  if (columns.length <= MAX_COLUMN_COUNTS) return columns.map(formatInteger).join(', ');
  return `${formatInteger(first)} to ${formatInteger(last)}`;
}

function madeFrom({ chunkCount, chunkSize, datasets }: Omit<Imatrix, 'entries' | 'format'>): string {
  const size = chunkSize === undefined ? '' : ` of ${formatAmount(chunkSize, 'token')}`;
  const chunks = chunkCount === undefined ? 'an unknown number of chunks' : formatAmount(chunkCount, 'chunk');
  const texts = datasets.length === 0 ? '' : `: ${datasets.map(printable).join(', ')}`;
  return `${chunks}${size}${texts}`;
}

const right = (title: string) => ({ title, align: 'right' }) as const;
const ENERGY = right('∑ E[A²]');

function layerTable(scans: readonly EntryScan[], page: Page): string {
  const rows = importanceByLayer(scans).map(({ layer, entries, energy }) => [
    layer === undefined ? 'none' : `${layer}`,
    formatInteger(entries),
    energyText(energy),
  ]);
  return renderTable([right('layer'), right('tensors'), ENERGY], rows, page);
}

function tensorTable({ entries }: Imatrix, scans: readonly EntryScan[], page: Page): string {
  const rows = scans.map(({ name, energy, uncounted }) => {
    const { columns = 0, matrices = 0 } = entries.get(name) ?? {};
    return [printable(name), formatInteger(columns), formatInteger(matrices), `${uncounted.count}`, energyText(energy)];
  });
  const columns = [
    { title: 'tensor', fills: true },
    right('columns'),
    right('matrices'),
    right('unseen'),
    ENERGY,
  ] as const;
  return renderTable(columns, rows, page);
}

/** As `llama-imatrix --show-statistics` prints it. */
function energyText(energy: number): string {
  return energy.toFixed(4);
}
