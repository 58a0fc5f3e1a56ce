import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeLlama } from '../files.js';
import { GGUFIX } from '../ggufix.js';
import { race } from '../measure.js';
import { compareTime, skippedRow } from '../row.js';
import { inWords } from '../sizes.js';

const LAYER_WEIGHTS = 2 ** 26;
const SIZES = {
  quick: { layers: 1, types: ['Q8_0', 'Q4_0', 'Q5_0', 'Q4_1'], rounds: 1 },
  whole: { layers: 3, types: ['Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M', 'Q5_0', 'Q5_1', 'Q4_0', 'Q4_1'], rounds: 2 },
};

const WORKS = /** @type {const} */ ({
  loop: 'batch run, one job at a time, against a shell loop',
  jobs: 'batch run, two jobs at a time, against one',
  workers: 'batch worker, two on one machine, against one',
});

/** Each command as a user would write it, for each output: quantize, check, hash. */
const LOOP = `set -e
for type in $TYPES; do
  "$@" quantize "$SOURCE" "$OUT/llama-$type.gguf" --type "$type" --threads "$THREADS" --quiet
  "$@" check --data "$OUT/llama-$type.gguf" --threads "$THREADS" --quiet
  sha256sum "$OUT/llama-$type.gguf" >> "$OUT/SHA256SUMS"
done`;

/** A queue of its own for each run: nothing is known of the run before. */
const WORKERS = `set -e
queue="--root . --queue unix://$SOCKET --queue-name run$$"
"$@" batch submit $queue --quiet
for worker in $(seq "$WORKERS"); do
  "$@" batch worker $queue --drain --threads "$((THREADS / WORKERS))" --quiet &
  pids="$pids $!"
done
for pid in $pids; do wait "$pid"; done`;

/** @type {import('../run.js').Group} */
export const BATCH = {
  title: 'Batch: quants of one llama, checked and hashed',
  async run(bench) {
    const wanted = Object.values(WORKS).filter((work) => bench.wants(work));
    if (wanted.length === 0) return [];
    const { missing } = bench.peers['llama-quantize'];
    if (missing !== undefined) return wanted.map((work) => skippedRow(work, missing));
    return await measure(bench, bench.quick ? SIZES.quick : SIZES.whole);
  },
};

/**
 * @param {import('../run.js').Bench} bench
 * @param {{ layers: number, types: readonly string[], rounds: number }} size
 * @returns {Promise<import('../row.js').Row[]>}
 */
async function measure(bench, { layers, types, rounds }) {
  const place = path.join(bench.folder, 'batch');
  mkdirSync(place);
  const source = makeLlama(place, layers);
  const out = path.join(place, 'out');
  const manifest = { models: path.basename(source), output: 'out', outputs: types, check: 'default' };
  writeFileSync(path.join(place, 'ggufix.batch.yaml'), JSON.stringify(manifest));
  const redis = bench.wants(WORKS.workers) ? startRedis(place) : undefined;
  try {
    const threads = os.availableParallelism();
    const variables = { TYPES: types.join(' '), SOURCE: source, OUT: out, THREADS: threads, SOCKET: redis?.socket ?? '' };
    /** @type {Record<string, string>} */
    const sums = {};
    const contender = (name, command) => ({
      name,
      command,
      prepare: () => rmSync(out, { recursive: true, force: true }) ?? mkdirSync(out),
    });
    const run = (jobs) => [...GGUFIX, 'batch', 'run', path.join(place, 'ggufix.batch.yaml'), '--jobs', jobs, '--quiet'];
    const contenders = [
      ...(bench.wants(WORKS.loop) ? [contender('loop', shell(place, LOOP, variables))] : []),
      ...(bench.wants(WORKS.loop) || bench.wants(WORKS.jobs) ? [contender('one', run('1'))] : []),
      ...(bench.wants(WORKS.jobs) ? [contender('two', run('2'))] : []),
      ...(redis?.socket === undefined ? [] : [1, 2].map((WORKERS_) => contender(`workers ${WORKERS_}`, shell(place, WORKERS, { ...variables, WORKERS: WORKERS_ })))),
    ];
    return [];
  } finally {
    redis?.stop();
    rmSync(place, { recursive: true, force: true });
  }
}
