import { mkdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeLlama } from '../files.js';
import { GGUFIX } from '../ggufix.js';
import { race } from '../measure.js';
import { compareTime, duration, skippedRow } from '../row.js';
import { inWords } from '../sizes.js';

const LAYER_WEIGHTS = 2 ** 26;
const LAYERS = { quick: 2, whole: 16 };

/** One run of each: a plan takes as long as some quants. */
const ROUNDS = 1;

/** @type {import('../run.js').Group} */
export const PLAN = {
  title: 'Plan types for 4.5 bits a weight, nothing measured before, against one quant by llama-quantize',
  async run(bench) {
    const layers = bench.quick ? LAYERS.quick : LAYERS.whole;
    const work = `plan a llama of ${inWords(layers * LAYER_WEIGHTS)} weights in BF16`;
    return bench.wants(work) ? [await measure(bench, work, layers)] : [];
  },
};

/**
 * @param {import('../run.js').Bench} bench
 * @param {string} work
 * @param {number} layers
 * @returns {Promise<import('../row.js').Row>}
 */
async function measure({ folder, peers, rounds = ROUNDS, say }, work, layers) {
  const { missing } = peers['llama-quantize'];
  if (missing !== undefined) return skippedRow(work, missing);
  say(work);
  const source = makeLlama(folder, layers);
  const [quant, cache] = [path.join(folder, 'quant.gguf'), path.join(folder, 'measurements')];
  const threads = String(os.availableParallelism());
  const flags = ['--target-bpw', '4.5', '--sensitivity', 'expected', '--cache', cache, '--dry-run', '--json'];
  try {
    const { ggufix, llama } = await race(
      [
        { name: 'ggufix', command: [...GGUFIX, 'quantize', source, quant, ...flags], prepare: () => empty(cache) },
        {
          name: 'llama',
          command: ['llama-quantize', source, quant, 'Q4_K_M', threads],
          prepare: () => rmSync(quant, { force: true }),
        },
      ],
      rounds,
    );
    const failure = ggufix.failure ?? llama.failure;
    if (failure !== undefined) return skippedRow(work, failure);
    const gigabytes = statSync(source).size / 1e9;
    return {
      work,
      weights: layers * LAYER_WEIGHTS,
      seconds: ggufix.seconds,
      peakBytes: ggufix.peakBytes,
      comparisons: [compareTime('llama-quantize to Q4_K_M', ggufix.seconds, llama.seconds)],
      notes: [`${duration(ggufix.seconds / gigabytes)} for a gigabyte of the model`],
    };
  } finally {
    for (const file of [source, quant, cache]) rmSync(file, { recursive: true, force: true });
  }
}

/** A plan whose measurements are kept takes no time. @param {string} folder */
function empty(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
}
