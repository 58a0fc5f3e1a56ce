/** A code that a terminal is steered by, or one character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: such a code begins with one
const PIECE = /\u001b\[[?\d;]*[A-Za-z]|[\s\S]/g;
const CODE = /\[([?\d;]*)([A-Za-z])$/;

/** What a terminal shows after `text`: as far as the display uses one, without breaking long lines. */
export function screenAfter(text: string): string[] {
  const rows: string[] = [''];
  let [row, column] = [0, 0];
  const put = (character: string): void => {
    const line = (rows[row] ?? '').padEnd(column);
    rows[row] = line.slice(0, column) + character + line.slice(column + 1);
    column += 1;
  };
  for (const [piece] of text.matchAll(PIECE)) {
    const code = piece.length > 1 ? CODE.exec(piece) : null;
    if (code?.[2] === 'A') row = Math.max(0, row - Number(code[1]));
    else if (code?.[2] === 'K') rows[row] = (rows[row] ?? '').slice(0, column);
    else if (code?.[2] === 'J') rows.splice(row, rows.length, (rows[row] ?? '').slice(0, column));
    else if (code !== null) continue;
    else if (piece === '\n') [row, column] = [row + 1, 0];
    else if (piece === '\r') column = 0;
    else put(piece);
    rows[row] ??= '';
  }
  return rows.at(-1) === '' ? rows.slice(0, -1) : rows;
}
