/** Slips that still leave a word recognizable. */
const MAX_SLIPS = 3;

/** `, did you mean 'x'?` where one of the known words is near to a wrong one; else nothing. */
export function didYouMean(wrong: string, known: readonly string[]): string {
  const limit = Math.min(MAX_SLIPS, Math.max(1, Math.floor(wrong.length / 3)));
  let nearest: string | undefined;
  let least = limit + 1;
  for (const word of known) {
    // A long word is no misspelling of a short one.
    if (Math.abs(word.length - wrong.length) >= least) continue;
    const distance = editDistance(wrong, word, least);
    if (distance < least) [nearest, least] = [word, distance];
  }
  return nearest === undefined ? '' : `, did you mean '${nearest}'?`;
}

/**
 * How many characters must be added, removed, changed or swapped with their neighbour to make one word of the other;
 * anything from `enough` up where it is that many. A config may hold thousands of wrong words.
 */
function editDistance(a: string, b: string, enough: number): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(Math.min(previous[j]! + 1, row[j - 1]! + 1, change, isSwap ? before[j - 2]! + 1 : change));
    }
    // Later rows grow from this one and the one before.
    if (Math.min(...row) >= enough && Math.min(...previous) >= enough) return enough;
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}
