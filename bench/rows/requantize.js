import { renameSync, rmSync, statfsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EMBEDDING, makeEmbeddingModel } from '../files.js';
import { GGUFIX } from '../ggufix.js';
import { race } from '../measure.js';
import { compareBytes, compareTime, size, skippedRow } from '../row.js';
import { haveSameTensor } from '../same-tensor.js';
import { inWords, weightsOf } from '../sizes.js';
import { SOURCES, TARGETS } from './pairs.js';

const ROUNDS = 3;

/** The largest ratios of our time to those of a copy of the result, and of llama-quantize. */
const TARGET_RATIOS = { copy: 1.5, llama: 0.2 };
const PEAK_BUDGET = 400e6;

/** The source in its largest type, and four results of the largest type: ours, the copied one, the copy, the peer's. */
const BYTES_PER_WEIGHT = 2 + 4 * 1.0625;

/** @type {import('../run.js').Group} */
export const REQUANTIZE = {
  title: `Requantize: ${EMBEDDING}, whole file written and synced`,
  async run(bench) {
    const weights = weightsOf(bench.quick);
    const rows = [];
    for (const from of SOURCES) {
      const wanted = TARGETS.filter((to) => bench.wants(nameOf(from, to)));
      if (wanted.length > 0) rows.push(...(await rowsOf(bench, from, wanted, weights)));
    }
    return rows;
  },
};

/**
 * Makes the model of one source type, requantizes it to all targets and removes it: the next one needs its space.
 * @param {import('../run.js').Bench} bench
 * @param {import('../weights.js').SourceType} from
 * @param {readonly string[]} targets
 * @param {number} weights
 */
async function rowsOf(bench, from, targets, weights) {
  const need = weights * BYTES_PER_WEIGHT;
  const { bavail, bsize } = statfsSync(bench.folder);
  const why = `needs ${size(need)} on the disk, ${size(bavail * bsize)} are free`;
  if (bavail * bsize < need) return targets.map((to) => skippedRow(nameOf(from, to), why));
  bench.say(`making ${inWords(weights)} weights in ${from}`);
  const source = makeEmbeddingModel(bench.folder, from, weights);
  try {
    const rows = [];
    for (const to of targets) rows.push(await measurePair(bench, source, { from, to, weights }));
    return rows;
  } finally {
    rmSync(source);
  }
}

/**
 * @param {import('../run.js').Bench} bench
 * @param {string} source
 * @param {{ from: string, to: string, weights: number }} pair
 * @returns {Promise<import('../row.js').Row>}
 */
async function measurePair({ folder, peers, quick, rounds = ROUNDS, say }, source, { from, to, weights }) {
  const work = nameOf(from, to);
  say(work);
  const files = outputsIn(folder);
  const ours = contender('ggufix', requantizeCommand(source, to, files.ours), files.ours);
  try {
    // Not counted: makes what `cp` copies, and finds out whether it works at all.
    const { ggufix: first } = await race([ours], 1);
    if (first.failure !== undefined) return skippedRow(work, first.failure);
    renameSync(files.ours, files.result);
    const contenders = [ours, contender('cp', copyCommand(files.result, files.copy), files.copy)];
    if (peers['llama-quantize'].missing === undefined) {
      contenders.push({ ...contender('llama', llamaCommand(source, to, files.llama), files.llama), rounds: 1 });
    }
    // The targets are for 1 G weights: with few, starting Node weighs too much.
    const targets = quick ? {} : TARGET_RATIOS;
    return {
      work,
      weights,
      ...(await compare(await race(contenders, rounds), files, peers['llama-quantize'], targets)),
    };
  } finally {
    for (const file of Object.values(files)) rmSync(file, { force: true });
  }
}

/**
 * @param {Record<string, import('../measure.js').Result>} results
 * @param {ReturnType<typeof outputsIn>} files
 * @param {{ missing?: string }} peer
 * @param {Partial<typeof TARGET_RATIOS>} targets
 */
async function compare({ ggufix, cp, llama }, files, peer, targets) {
  const failure = ggufix.failure ?? cp.failure;
  if (failure !== undefined) return { comparisons: [], notes: [failure] };
  const comparisons = [compareTime('cp + sync', ggufix.seconds, cp.seconds, targets.copy)];
  const notes = [];
  const why = peer.missing ?? llama.failure;
  if (why === undefined) {
    comparisons.push(compareTime('llama-quantize', ggufix.seconds, llama.seconds, targets.llama));
    const isSame = await haveSameTensor(EMBEDDING, files.ours, files.llama);
    if (!isSame) notes.push('the bytes differ from those of llama-quantize');
  } else {
    notes.push(why);
  }
  if (ggufix.peakBytes === null) notes.push('peak memory needs GNU time');
  else comparisons.push(compareBytes('memory', ggufix.peakBytes, PEAK_BUDGET));
  return { seconds: ggufix.seconds, peakBytes: ggufix.peakBytes, comparisons, notes };
}

/** @param {string} folder */
function outputsIn(folder) {
  const file = (name) => path.join(folder, `${name}.gguf`);
  return { ours: file('ours'), result: file('result'), copy: file('copy'), llama: file('llama') };
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

function requantizeCommand(source, to, output) {
  return [...GGUFIX, 'requantize', source, '--tensor', `${EMBEDDING}=${to.toLowerCase()}`, '-o', output, '--json'];
}

function copyCommand(source, output) {
  return ['sh', '-c', 'cp "$1" "$2" && sync "$2"', 'sh', source, output];
}

function llamaCommand(source, to, output) {
  const override = `^${EMBEDDING.replaceAll('.', '\\.')}$=${to.toLowerCase()}`;
  const threads = String(os.availableParallelism());
  return ['llama-quantize', '--allow-requantize', '--tensor-type', override, source, output, 'Q8_0', threads];
}

function nameOf(from, to) {
  return `requantize ${from} → ${to}`;
}
