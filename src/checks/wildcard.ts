/** Whether a name matches a pattern in which `*` stands for any characters and `?` for one. Takes time in proportion to both lengths. */
export function matchesWildcard(pattern: string, name: string): boolean {
  return matchesSequence(pattern, name, '*', (wanted, found) => wanted === '?' || wanted === found);
}

/** What a wildcard match looks at: text by its characters, a path by its segments. */
interface Sequence<T> {
  readonly length: number;
  readonly [index: number]: T;
}

/**
 * Whether `items` match `pattern`, where `star` stands for any number of items. Only the last star is ever tried again:
 * an earlier one can do no better. So the time is at most the product of the lengths, whatever the pattern.
 */
export function matchesSequence<T>(
  pattern: Sequence<T>,
  items: Sequence<T>,
  star: T,
  matchesOne: (wanted: T, found: T) => boolean,
): boolean {
  let at = 0;
  let wanted = 0;
  let lastStar = -1;
  let retryAt = 0;
  while (at < items.length) {
    if (wanted < pattern.length && pattern[wanted] === star) {
      lastStar = wanted;
      retryAt = at;
      wanted += 1;
    } else if (wanted < pattern.length && matchesOne(pattern[wanted]!, items[at]!)) {
      wanted += 1;
      at += 1;
    } else if (lastStar >= 0) {
      retryAt += 1;
      at = retryAt;
      wanted = lastStar + 1;
    } else {
      return false;
    }
  }
  while (wanted < pattern.length && pattern[wanted] === star) wanted += 1;
  return wanted === pattern.length;
}
