/** `, did you mean 'x'?` where one of the known words is near to a wrong one; else nothing. */
export function didYouMean(wrong: string, known: readonly string[]): string {
  const limit = Math.max(1, Math.floor(wrong.length / 3));
  // A long word is no misspelling of a short one, and comparing it would take long.
  const near = known
    .filter((word) => Math.abs(word.length - wrong.length) <= limit)
    .map((word) => ({ word, distance: editDistance(wrong, word) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)[0];
  return near === undefined ? '' : `, did you mean '${near.word}'?`;
}

/** How many characters must be added, removed, changed or swapped with their neighbour to make one word of the other. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(Math.min(previous[j]! + 1, row[j - 1]! + 1, change, isSwap ? before[j - 2]! + 1 : change));
    }
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}
