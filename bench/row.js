/**
 * What was measured, and how it compares.
 * @typedef {object} Row
 * @property {string} work what was done, such as `requantize F16 → Q8_0`
 * @property {number} [seconds] wall time of the best run
 * @property {number} [weights] weights converted in that time
 * @property {number | null} [peakBytes] largest resident memory of any run; null where nothing measures it
 * @property {readonly Comparison[]} comparisons
 * @property {readonly string[]} notes
 */

/**
 * Ours against a peer, a physical limit or a budget, as a ratio: below 1 is better.
 * @typedef {object} Comparison
 * @property {string} against the peer's name
 * @property {string} peer what the peer took, such as `2.41 s`
 * @property {number} ratio
 * @property {number} [target] the largest ratio that DESIGN section 5 allows
 * @property {boolean} [met]
 */

/**
 * Compares two times.
 * @param {string} against
 * @param {number} ours seconds
 * @param {number} theirs seconds
 * @param {number} [target]
 * @returns {Comparison}
 */
export function compareTime(against, ours, theirs, target) {
  return compared(against, duration(theirs), ours / theirs, target);
}

/**
 * Compares bytes with a budget of bytes.
 * @param {string} against
 * @param {number} ours bytes
 * @param {number} budget bytes
 * @returns {Comparison}
 */
export function compareBytes(against, ours, budget) {
  return compared(against, size(budget), ours / budget, 1);
}

/**
 * A row that could not be measured.
 * @param {string} work
 * @param {string} why
 * @returns {Row}
 */
export function skippedRow(work, why) {
  return { work, comparisons: [], notes: [`not measured: ${why}`] };
}

/** A time in a unit that fits, with three digits that count. @param {number} seconds */
export function duration(seconds) {
  const [unit, name] = seconds < 1e-3 ? [1e-6, 'µs'] : seconds < 1 ? [1e-3, 'ms'] : [1, 's'];
  return `${Number((seconds / unit).toPrecision(3))} ${name}`;
}

/** Bytes in units of 1000, as the budgets are written. @param {number} bytes */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  const [unit, name] = bytes < 1e6 ? [1e3, 'kB'] : bytes < 1e9 ? [1e6, 'MB'] : [1e9, 'GB'];
  return `${Number((bytes / unit).toPrecision(3))} ${name}`;
}

/** @returns {Comparison} */
function compared(against, peer, ratio, target) {
  return target === undefined ? { against, peer, ratio } : { against, peer, ratio, target, met: ratio <= target };
}
