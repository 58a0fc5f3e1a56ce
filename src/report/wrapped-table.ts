import Table from 'cli-table3';
import { type Column, columnWidths, GAP } from './columns.js';
import type { Page } from './styles.js';
import { wrapText } from './text-width.js';

/** A table of plain text, without lines, whose long cells are broken into several lines. Ends with a newline. */
export function renderWrappedTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  page: Page,
): string {
  const widths = columnWidths(columns, rows, page.width);
  const wrap = (cell: string, i: number): string => wrapText(cell, widths[i] ?? 0).join('\n');
  const head = page.styles.faint(layOut(columns, widths, [columns.map(({ title }) => title)]));
  const body = layOut(
    columns,
    widths,
    rows.map((row) => row.map(wrap)),
  );
  return `${head}\n${body}\n`;
}

function layOut(columns: readonly Column[], widths: readonly number[], rows: readonly string[][]): string {
  const table = new Table({
    chars: NO_LINES,
    // Empty style lists keep colour codes out of files and pipes.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colWidths: [...widths],
    colAligns: columns.map(({ align = 'left' }) => align),
  });
  table.push(...rows);
  return table.toString().replace(/ +$/gm, '');
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: GAP,
} as const;
