// A batch whose work is scripted, for a queue that is real. Plain JavaScript on the built program, since child processes of
// tests run it too. The manifest is JSON: { "jobs": [{ "id", "after"?, "ms"?, "fail"?: "for-good" | "once" | "always" }], "retries"?,
// "version"? }. All that happens stands in `log.jsonl` beside it; a job that was done has a file `done/<id>`.
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from '../../../../dist/edit/holder.js';

export async function openScript(manifest) {
  const folder = path.dirname(manifest);
  const script = JSON.parse(readFileSync(manifest, 'utf8'));
  for (const name of ['done', 'failed', 'held']) mkdirSync(path.join(folder, name), { recursive: true });
  const log = (line) =>
    appendFileSync(path.join(folder, 'log.jsonl'), `${JSON.stringify({ pid: process.pid, ...line })}\n`);
  const jobs = script.jobs.map(({ id, after = [] }) => ({
    id,
    kind: 'output',
    model: 'm',
    after,
    steps: [{ name: 'make', key: id }],
    scratchBytes: 0,
    memoryBytes: 0,
  }));
  return {
    plan: { jobs, notes: [] },
    fingerprint: (script.version ?? 'a').padEnd(64, '0'),
    retries: script.retries ?? 2,
    canHeal: ({ code }) => code === 'worker-died',
    async states() {
      const [done, failed] = ['done', 'failed'].map((name) => new Set(readdirSync(path.join(folder, name))));
      const states = new Map();
      for (const { id, after } of jobs) {
        const bad = after.some((each) => ['failed', 'blocked'].includes(states.get(each)?.status));
        const ready = after.every((each) => states.get(each)?.status === 'done');
        const own = done.has(id) ? 'done' : failed.has(id) ? 'failed' : undefined;
        states.set(id, { status: own ?? (bad ? 'blocked' : ready ? 'ready' : 'waiting') });
      }
      return states;
    },
    run: (id, signal) =>
      runScripted(
        script.jobs.find((job) => job.id === id),
        folder,
        signal,
        log,
      ),
    async finish() {
      log({ event: 'finish' });
      writeFileSync(path.join(folder, 'results.json'), '{}');
    },
    async [Symbol.asyncDispose]() {},
  };
}

async function runScripted({ id, ms = 0, fail }, folder, signal, log) {
  const place = (name) => path.join(folder, name, id);
  if (existsSync(place('done'))) return { status: 'done', isReused: true };
  // A lease as in the real thing: of a process that is gone it counts for nothing, and it is there with its text or not at all.
  const own = path.join(folder, `${id}-${process.pid}`);
  writeFileSync(own, `${process.pid}`);
  try {
    linkSync(own, place('held'));
  } catch {
    const holder = Number(readFileSync(place('held'), 'utf8'));
    if (isRunning(holder)) return { status: 'failed', error: { code: 'locked', message: 'held' } };
    renameSync(own, place('held'));
  }
  log({ event: 'begin', id });
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    log({ event: 'stopped', id });
    throw signal.reason;
  } finally {
    rmSync(place('held'));
  }
  const fails = fail === 'once' ? !existsSync(place('failed')) : fail !== undefined;
  log({ event: fails ? 'fail' : 'end', id });
  if (fails) {
    writeFileSync(place('failed'), '');
    return {
      status: 'failed',
      error: { code: fail === 'for-good' ? 'bad-value' : 'worker-died', message: `${id} broke` },
    };
  }
  rmSync(place('failed'), { force: true });
  writeFileSync(place('done'), '');
  return { status: 'done', isReused: false };
}
