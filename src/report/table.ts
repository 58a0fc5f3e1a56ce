import Table from 'cli-table3';
import type { Page } from './styles.js';
import { cutText, displayWidth, wrapText } from './text-width.js';

/** One column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Most columns of the terminal that it takes; longer cells are cut. */
  readonly max?: number;
  /**
   * Takes what the others leave of the page's width. Longer cells are cut (`cut`) or broken into lines (`wrap`).
   * One column of a table may have it.
   */
  readonly fill?: 'cut' | 'wrap';
}

/** A table of plain text, without lines, that fits the page: `fill` and `max` columns give way. Ends with a newline. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[], page: Page): string {
  const widths = columnWidths(columns, rows, page.width);
  const slices = Array.from({ length: Math.ceil(rows.length / SLICE) }, (_, i) =>
    rows.slice(i * SLICE, (i + 1) * SLICE),
  );
  const body = slices.map((slice) => layOut(columns, widths, slice));
  const head = columns.map(({ title }) => title);
  const titles = columns.some(({ title }) => title !== '') ? [page.styles.faint(layOut(columns, widths, [head]))] : [];
  return [...titles, ...body].map((lines) => `${lines}\n`).join('');
}

/** cli-table3 needs time in the square of the rows, so long tables are laid out in pieces. */
const SLICE = 100;

const GAP = '  ';

/** A `fill` column keeps this much, however little the others leave. */
const MIN_FILL = 12;

function columnWidths(columns: readonly Column[], rows: readonly (readonly string[])[], pageWidth: number): number[] {
  const natural = columns.map(({ title, max = Number.POSITIVE_INFINITY }, i) => {
    const widest = rows.reduce((width, row) => Math.max(width, displayWidth(row[i] ?? '')), displayWidth(title));
    // Only a page without an end shows everything.
    return pageWidth === Number.POSITIVE_INFINITY ? widest : Math.min(widest, max);
  });
  const fill = columns.findIndex((column) => column.fill !== undefined);
  if (fill < 0) return natural;
  const others = natural.reduce((sum, width, i) => sum + (i === fill ? 0 : width + GAP.length), 0);
  const room = Math.max(MIN_FILL, pageWidth - others);
  return natural.map((width, i) => (i === fill ? Math.min(width, room) : width));
}

function layOut(columns: readonly Column[], widths: readonly number[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    chars: NO_LINES,
    // Empty style lists keep colour codes out of files and pipes.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colWidths: [...widths],
    colAligns: columns.map(({ align = 'left' }) => align),
  });
  const cell = (text: string, i: number): string => fitCell(text, widths[i] ?? 0, columns[i]?.fill);
  for (const row of rows) table.push(row.map(cell));
  return table.toString().replace(/ +$/gm, '');
}

function fitCell(text: string, width: number, fill: Column['fill']): string {
  if (displayWidth(text) <= width) return text;
  return fill === 'wrap' ? wrapText(text, width).join('\n') : cutText(text, width);
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
