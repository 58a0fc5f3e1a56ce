import { rmSync, statfsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeLlama } from '../files.js';
import { GGUFIX } from '../ggufix.js';
import { race } from '../measure.js';
import { compareTime, size, skippedRow } from '../row.js';
import { haveSameTensor } from '../same-tensor.js';
import { inWords } from '../sizes.js';

const ROUNDS = 2;

/** The largest ratio of our time to that of the llama-quantize that does the work for us. */
const TARGET_RATIO = 1.03;

const LAYER_WEIGHTS = 2 ** 26;
const LAYERS = { quick: [3], whole: [3, 16] };
const TYPES = ['Q4_K_M', 'Q8_0'];

/** The source, and two results of the largest type. */
const BYTES_PER_WEIGHT = 2 + 2 * 1.0625;

/** @type {import('../run.js').Group} */
export const QUANTIZE = {
  title: 'Quantize: llama in BF16, against the llama-quantize that ggufix runs',
  async run(bench) {
    const rows = [];
    for (const layers of bench.quick ? LAYERS.quick : LAYERS.whole) {
      const wanted = TYPES.filter((type) => bench.wants(nameOf(type, layers)));
      if (wanted.length > 0) rows.push(...(await rowsOf(bench, wanted, layers)));
    }
    return rows;
  },
};

/**
 * @param {import('../run.js').Bench} bench
 * @param {readonly string[]} types
 * @param {number} layers
 * @returns {Promise<import('../row.js').Row[]>}
 */
async function rowsOf(bench, types, layers) {
  const { folder, peers, say } = bench;
  const { missing } = peers['llama-quantize'];
  if (missing !== undefined) return types.map((type) => skippedRow(nameOf(type, layers), missing));
  const need = layers * LAYER_WEIGHTS * BYTES_PER_WEIGHT;
  const { bavail, bsize } = statfsSync(folder);
  const why = `needs ${size(need)} on the disk, ${size(bavail * bsize)} are free`;
  if (bavail * bsize < need) return types.map((type) => skippedRow(nameOf(type, layers), why));
  say(`making ${inWords(layers * LAYER_WEIGHTS)} weights in BF16`);
  const source = makeLlama(folder, layers);
  try {
    const rows = [];
    for (const type of types) rows.push(await measure(bench, source, { type, layers }));
    return rows;
  } finally {
    rmSync(source);
  }
}

/**
 * @param {import('../run.js').Bench} bench
 * @param {string} source
 * @param {{ type: string, layers: number }} what
 * @returns {Promise<import('../row.js').Row>}
 */
async function measure({ folder, rounds = ROUNDS, say }, source, { type, layers }) {
  const work = nameOf(type, layers);
  say(work);
  const [ours, theirs] = ['ours', 'theirs'].map((name) => path.join(folder, `${name}.gguf`));
  const threads = String(os.availableParallelism());
  const flags = ['--type', type, '--no-sidecar', '--threads', threads, '--json'];
  try {
    const { ggufix, llama } = await race(
      [
        contender('ggufix', [...GGUFIX, 'quantize', source, ours, ...flags], ours),
        contender('llama', ['llama-quantize', source, theirs, type, threads], theirs),
      ],
      rounds,
    );
    const failure = ggufix.failure ?? llama.failure;
    if (failure !== undefined) return skippedRow(work, failure);
    const isSame = await haveSameTensor('blk.0.ffn_down.weight', ours, theirs);
    return {
      work,
      weights: layers * LAYER_WEIGHTS,
      seconds: ggufix.seconds,
      peakBytes: ggufix.peakBytes,
      comparisons: [compareTime('llama-quantize', ggufix.seconds, llama.seconds, TARGET_RATIO)],
      notes: isSame ? [] : ['the bytes differ from those of llama-quantize'],
    };
  } finally {
    for (const file of [ours, theirs]) rmSync(file, { force: true });
  }
}

/**
 * A program that writes `output`, which is removed before each run.
 * @param {string} name
 * @param {readonly string[]} command
 * @param {string} output
 * @returns {import('../measure.js').Contender}
 */
function contender(name, command, output) {
  return { name, command, prepare: () => rmSync(output, { force: true }) };
}

function nameOf(type, layers) {
  return `quantize ${inWords(layers * LAYER_WEIGHTS)} weights to ${type}`;
}
