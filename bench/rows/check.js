import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { makeVocabulary } from '../files.js';
import { GGUFIX } from '../ggufix.js';
import { race } from '../measure.js';
import { compareBytes, compareTime, size, skippedRow } from '../row.js';
import { inWords, weightsOf } from '../sizes.js';
import { weightTile } from '../weights.js';
import { writeGguf } from '../write-gguf.js';

const ROUNDS = 5;
const TENSORS = 32;

/** The largest ratio of our time to that of reading the file and throwing it away. */
const TARGET = 2;
const PEAK_BUDGET = 300e6;

const HEADER = 'check header';

const TYPES = /** @type {const} */ (['BF16', 'Q4_K']);

/** @type {import('../run.js').Group} */
export const CHECK = {
  title: 'Check: rules on a header of 262,144 tokens; every byte of all tensors read and judged',
  async run(bench) {
    const rows = [];
    if (bench.wants(HEADER)) rows.push(await measureHeader(bench));
    for (const type of TYPES) if (bench.wants(nameOf(type))) rows.push(await measureType(bench, type));
    return rows;
  },
};

/**
 * @param {import('../run.js').Bench} bench
 * @param {(typeof TYPES)[number]} type
 * @returns {Promise<import('../row.js').Row>}
 */
async function measureType({ folder, quick, rounds = ROUNDS, say }, type) {
  const work = nameOf(type);
  say(work);
  const weights = weightsOf(quick);
  const file = path.join(folder, `${type}-check.gguf`);
  const dims = [4096, weights / TENSORS / 4096];
  const tile = weightTile(type);
  const tensors = Array.from({ length: TENSORS }, (_, i) => ({ name: `blk.${i}.ffn_up.weight`, type, dims, tile }));
  writeGguf(file, [], tensors);
  try {
    const contenders = [
      { name: 'ggufix', command: [...GGUFIX, 'check', '--data', '--quiet', '--only', 'tensor/*', file] },
      { name: 'cat', command: ['sh', '-c', 'cat "$1" > /dev/null', 'sh', file] },
    ];
    const { ggufix, cat } = await race(contenders, rounds);
    const failure = ggufix.failure ?? cat.failure;
    if (failure !== undefined) return skippedRow(work, failure);
    // With few weights, starting Node weighs too much for the target.
    const comparisons = [compareTime('cat', ggufix.seconds, cat.seconds, quick ? undefined : TARGET)];
    const peak = ggufix.peakBytes;
    if (peak !== null) comparisons.push(compareBytes('memory', peak, PEAK_BUDGET));
    const notes = [
      `${inWords(weights)} weights, ${size(statSync(file).size)}`,
      peak === null ? 'peak memory needs GNU time' : `needs ${size(peak)} of memory`,
    ];
    return { work, seconds: ggufix.seconds, weights, peakBytes: peak, comparisons, notes };
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * All rules that need the header only, against programs that print or read it and judge nothing.
 * @param {import('../run.js').Bench} bench
 * @returns {Promise<import('../row.js').Row>}
 */
async function measureHeader({ folder, rounds = ROUNDS, peers, say }) {
  say(HEADER);
  const { file } = makeVocabulary(folder);
  const contenders = [
    { name: 'ggufix', command: [...GGUFIX, 'check', '--profile', 'quick', '--quiet', file] },
    { name: 'llama-gguf', command: ['llama-gguf', file, 'r', 'n'] },
    { name: 'gguf-dump', command: ['gguf-dump', '--no-tensors', file] },
  ].filter(({ name }) => peers[name]?.missing === undefined);
  const { ggufix, ...others } = await race(contenders, rounds);
  if (ggufix.failure !== undefined) return skippedRow(HEADER, ggufix.failure);
  const comparisons = [];
  const notes = ['llama-gguf', 'gguf-dump'].flatMap((name) => peers[name].missing ?? others[name].failure ?? []);
  for (const [name, { seconds, failure }] of Object.entries(others)) {
    if (failure === undefined) comparisons.push(compareTime(name, ggufix.seconds, seconds));
  }
  if (ggufix.peakBytes !== null) comparisons.push(compareBytes('memory', ggufix.peakBytes, PEAK_BUDGET));
  return { work: HEADER, seconds: ggufix.seconds, peakBytes: ggufix.peakBytes, comparisons, notes };
}

/** @param {string} type */
function nameOf(type) {
  return `check --data ${type}`;
}
