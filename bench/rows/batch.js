import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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

const LOOP = 'batch run, one job at a time, against a shell loop';
const JOBS = 'batch run, two jobs at a time, against one';
const WORKERS = 'batch worker, two on one machine, against one';

/** For each output what a user would type: quantize, check, hash. */
const LOOP_SCRIPT = `set -e
for type in $TYPES; do
  "$@" quantize "$SOURCE" "$OUT/llama-$type.gguf" --type "$type" --threads "$THREADS" --quiet
  "$@" check "$OUT/llama-$type.gguf" --threads "$THREADS" --quiet
  sha256sum "$OUT/llama-$type.gguf" >> "$OUT/SHA256SUMS"
done`;

/** Each run has a queue of its own, which knows nothing of the one before. */
const WORKERS_SCRIPT = `set -e
queue="--queue unix://$SOCKET --queue-name run$$"
"$@" batch submit ggufix.batch.yaml --root . $queue --quiet
for worker in $(seq "$WORKERS"); do
  "$@" batch worker --root . $queue --drain --threads "$((THREADS / WORKERS))" --quiet &
  pids="$pids $!"
done
for pid in $pids; do wait "$pid"; done`;

/** @type {import('../run.js').Group} */
export const BATCH = {
  title: 'Batch: quants of one llama in BF16, checked and hashed',
  async run(bench) {
    const works = [LOOP, JOBS, WORKERS].filter((work) => bench.wants(work));
    const { missing } = bench.peers['llama-quantize'];
    if (works.length === 0 || missing !== undefined) return works.map((work) => skippedRow(work, missing ?? ''));
    const place = path.join(bench.folder, 'batch');
    mkdirSync(place);
    const redis = works.includes(WORKERS) ? await startRedis(place) : undefined;
    try {
      return await measure(bench, works, place, redis);
    } finally {
      redis?.kill('SIGKILL');
      rmSync(place, { recursive: true, force: true });
    }
  },
};

/**
 * @param {import('../run.js').Bench} bench
 * @param {readonly string[]} works
 * @param {string} place
 * @param {import('node:child_process').ChildProcess | undefined} redis
 * @returns {Promise<import('../row.js').Row[]>}
 */
async function measure({ quick, rounds, say }, works, place, redis) {
  const size = quick ? SIZES.quick : SIZES.whole;
  const weights = inWords(size.layers * LAYER_WEIGHTS);
  say(`${size.types.length} quants of ${weights} weights`);
  const source = makeLlama(place, size.layers);
  const manifest = { models: path.basename(source), output: 'out', outputs: size.types, check: 'default' };
  writeFileSync(path.join(place, 'ggufix.batch.yaml'), JSON.stringify(manifest));
  const out = path.join(place, 'out');
  /** Sums of what each run made: all make the same. @type {Set<string>} */
  const made = new Set();
  const prepare = () => {
    if (existsSync(out)) made.add(sumsIn(out));
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out);
  };
  const contenders = contendersOf({ place, source, out, types: size.types })
    .filter(({ of }) => of.some((work) => works.includes(work) && (work !== WORKERS || redis !== undefined)))
    .map(({ name, command }) => ({ name, command, prepare }));
  const results = await race(contenders, rounds ?? size.rounds);
  prepare();
  const notes = [`${size.types.length} quants of ${weights} weights`];
  if (made.size > 1) notes.push('the outputs differ');
  return works.map((work) => rowOf(work, results, notes));
}

/** @param {{ place: string, source: string, out: string, types: readonly string[] }} what */
function contendersOf({ place, source, out, types }) {
  const threads = String(os.availableParallelism());
  const env = { TYPES: types.join(' '), SOURCE: source, OUT: out, THREADS: threads, SOCKET: socketIn(place) };
  const run = (jobs) => shell(place, {}, `exec "$@" batch run --jobs ${jobs} --quiet`);
  const workers = (count) => shell(place, { ...env, WORKERS: String(count) }, WORKERS_SCRIPT);
  return [
    { name: 'shell loop', of: [LOOP], command: shell(place, env, LOOP_SCRIPT) },
    { name: 'one job', of: [LOOP, JOBS], command: run(1) },
    { name: 'two jobs', of: [JOBS], command: run(2) },
    { name: 'one worker', of: [WORKERS], command: workers(1) },
    { name: 'two workers', of: [WORKERS], command: workers(2) },
  ];
}

/** A script in a folder, with variables and the command line of ggufix as its arguments. */
function shell(folder, variables, script) {
  const env = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return ['env', '-C', folder, ...env, 'sh', '-c', script, 'sh', ...GGUFIX];
}

function rowOf(work, results, notes) {
  const [ours, theirs] = {
    [LOOP]: ['one job', 'shell loop'],
    [JOBS]: ['two jobs', 'one job'],
    [WORKERS]: ['two workers', 'one worker'],
  }[work];
  if (results[ours] === undefined) return skippedRow(work, 'there is no redis-server on PATH');
  const failure = results[ours].failure ?? results[theirs].failure;
  if (failure !== undefined) return skippedRow(work, failure);
  const { seconds, peakBytes } = results[ours];
  return { work, seconds, peakBytes, comparisons: [compareTime(theirs, seconds, results[theirs].seconds)], notes };
}

/** The hashes of a run's outputs, whatever it calls them. */
function sumsIn(out) {
  const lines = readFileSync(path.join(out, 'SHA256SUMS'), 'utf8').trim().split('\n');
  return lines
    .map((line) => line.slice(0, 64))
    .sort()
    .join(' ');
}

/** A Redis on a socket in the folder, or nothing where there is none to start. */
async function startRedis(folder) {
  if (spawnSync('redis-server', ['--version']).status !== 0) return undefined;
  const argv = ['--port', '0', '--unixsocket', socketIn(folder), '--dir', folder, '--save', ''];
  const redis = spawn('redis-server', argv, { stdio: 'ignore' });
  while (!existsSync(socketIn(folder)) && redis.exitCode === null) await sleep(10);
  return redis;
}

function socketIn(folder) {
  return path.join(folder, 'redis.sock');
}
