import { compareTime, skippedRow } from '../row.js';
import { weightTile } from '../weights.js';
import { SOURCES, TARGETS } from './pairs.js';

const ROUNDS = 5;

/** Long enough to make the clock's grain and a stray interruption small. */
const MIN_SECONDS = 0.1;

/** @type {import('../run.js').Group} */
export const KERNELS = {
  title: 'Kernels: one core, in the process, data in the cache',
  async run({ wants, rounds = ROUNDS, say }) {
    const pairs = SOURCES.flatMap((from) => TARGETS.map((to) => ({ from, to, work: `kernel ${from} → ${to}` })));
    const wanted = pairs.filter(({ work }) => wants(work));
    if (wanted.length === 0) return [];
    say('kernels');
    const { createWasmConverter } = await import('../../dist/tensors/kernels/wasm-converter.js');
    const { rowBytes } = await import('../../dist/gguf/tensor-types.js');
    const { TILE_WEIGHTS } = await import('../../dist/tensors/kernels/converter.js');
    const converter = createWasmConverter();
    if (converter === undefined)
      return wanted.map(({ work }) => skippedRow(work, 'this Node has no SIMD in WebAssembly'));
    return wanted.map(({ from, to, work }) => {
      converter.input.set(weightTile(from).subarray(0, rowBytes(from, TILE_WEIGHTS)));
      const traffic = (rowBytes(from, TILE_WEIGHTS) + rowBytes(to, TILE_WEIGHTS)) / 2;
      const copy = copier(traffic);
      const convert = () => converter.convert(from, to, TILE_WEIGHTS);
      if (convert() !== 'ok') return skippedRow(work, 'the converter refused the weights');
      const [ours, memcpy] = alternate([convert, copy], rounds);
      const comparisons = [compareTime('memcpy', ours, memcpy)];
      return { work, seconds: ours, weights: TILE_WEIGHTS, comparisons, notes: [] };
    });
  },
};

/** Copies as many bytes as a conversion reads and writes on average: the same traffic. @param {number} bytes */
function copier(bytes) {
  const from = new Uint8Array(bytes).fill(1);
  const to = new Uint8Array(bytes);
  return () => to.set(from);
}

/**
 * The best time of one call of each piece of work, measured in turns.
 * @param {readonly (() => void)[]} works
 * @param {number} rounds
 */
function alternate(works, rounds) {
  const best = works.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round += 1) {
    for (const [i, work] of works.entries()) best[i] = Math.min(best[i], secondsPerCall(work));
  }
  return best;
}

/** @param {() => void} work */
function secondsPerCall(work) {
  const start = process.hrtime.bigint();
  let calls = 0;
  let seconds = 0;
  while (seconds < MIN_SECONDS) {
    work();
    calls += 1;
    seconds = Number(process.hrtime.bigint() - start) / 1e9;
  }
  return seconds / calls;
}
