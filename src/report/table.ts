import { type Column, columnWidths, GAP } from './columns.js';
import type { Page } from './styles.js';
import { cutText, displayWidth } from './text-width.js';

/**
 * A table of plain text, without lines: one line a row, cells that are too long are cut. Ends with a newline.
 * cli-table3, which draws the tables with wrapped cells, takes 40 ms for the first 40 rows: too long for `inspect`.
 */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[], page: Page): string {
  const widths = columnWidths(columns, rows, page.width);
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, i) => place(cells[i] ?? '', widths[i] ?? 0, column))
      .join(GAP)
      .trimEnd();
  const titles = columns.map(({ title }) => title);
  const head = titles.every((title) => title === '') ? [] : [page.styles.faint(line(titles))];
  return [...head, ...rows.map(line)].map((text) => `${text}\n`).join('');
}

function place(cell: string, width: number, { align }: Column): string {
  const free = width - displayWidth(cell);
  if (free < 0) return cutText(cell, width);
  return align === 'right' ? ' '.repeat(free) + cell : cell + ' '.repeat(free);
}
