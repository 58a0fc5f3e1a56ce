import { displayWidth } from './text-width.js';

/** One column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Most columns of the terminal that it takes; longer cells give way. */
  readonly max?: number;
  /** Takes what the others leave of the page's width. One column of a table may have it. */
  readonly fills?: true;
}

/** Stands between two columns. */
export const GAP = '  ';

/** A column that fills keeps this much, however little the others leave. */
const MIN_FILL = 12;

/** How wide each column is on a page: as its widest cell, but `max` and `fills` columns give way. */
export function columnWidths(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  pageWidth: number,
): readonly number[] {
  const natural = columns.map(({ title, max = Number.POSITIVE_INFINITY }, i) => {
    const widest = rows.reduce((width, row) => Math.max(width, displayWidth(row[i] ?? '')), displayWidth(title));
    // Only a page without an end shows everything.
    return pageWidth === Number.POSITIVE_INFINITY ? widest : Math.min(widest, max);
  });
  const filling = columns.findIndex(({ fills }) => fills);
  if (filling < 0) return natural;
  const others = natural.reduce((sum, width, i) => sum + (i === filling ? 0 : width + GAP.length), 0);
  const room = Math.max(MIN_FILL, pageWidth - others);
  return natural.map((width, i) => (i === filling ? Math.min(width, room) : width));
}
