import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach } from 'vitest';
import type { OpenWork } from '../../../../src/batch/queue/queue-work.js';
import { readRedisAddress } from '../../../../src/batch/queue/redis-address.js';
import { type Submitted, submitBatch } from '../../../../src/batch/queue/submit.js';
import type { WorkerEvent } from '../../../../src/batch/queue/worker-events.js';
import { tempFolder } from '../../../support/temp.js';
// @ts-expect-error It is plain JavaScript, for child processes.
import { openScript as openUntyped } from './scripted-work.js';

/** Opens a scripted batch, see `scripted-work.js`. */
export const openScript: OpenWork = openUntyped;

/** A job of a script. */
export interface ScriptedJob {
  readonly id: string;
  readonly after?: readonly string[];
  readonly ms?: number;
  readonly fail?: 'for-good' | 'once' | 'always';
}

/** Something that happened to a job, and in which process. */
export interface LogLine {
  readonly pid: number;
  readonly event: 'begin' | 'end' | 'fail' | 'stopped' | 'finish';
  readonly id?: string;
}

/** A scripted batch in a folder of its own. */
export interface Script {
  /** The root of workers. */
  readonly root: string;
  readonly manifest: string;
  rewrite(jobs: readonly ScriptedJob[], more?: object): void;
  log(): LogLine[];
  /** Ids of the jobs that something happened to, in order. */
  ids(event: LogLine['event']): string[];
}

/** Writes a script. */
export function script(jobs: readonly ScriptedJob[], more: object = {}): Script {
  const root = tempFolder();
  const manifest = path.join(root, 'batch.json');
  const file = path.join(root, 'log.jsonl');
  const rewrite: Script['rewrite'] = (next, others = {}) =>
    writeFileSync(manifest, JSON.stringify({ jobs: next, ...others }));
  rewrite(jobs, more);
  const log = (): LogLine[] => (existsSync(file) ? lines<LogLine>(readFileSync(file, 'utf8')) : []);
  const ids: Script['ids'] = (event) => log().flatMap((line) => (line.event === event ? (line.id ?? []) : []));
  return { root, manifest, rewrite, log, ids };
}

/** Submits a script. */
export async function submit(url: string, { root, manifest }: Script, notes: string[] = []): Promise<Submitted> {
  return await submitBatch({
    address: readRedisAddress(url, {}),
    queueName: 'ggufix',
    isPatient: false,
    signal: new AbortController().signal,
    onNote: (text) => notes.push(text),
    manifest,
    roots: [root],
    open: openScript,
  });
}

/** A worker in a process of its own. */
export interface WorkerProcess {
  readonly child: ChildProcess;
  events(): WorkerEvent[];
  /** All that it printed, errors too. */
  text(): string;
  /** Resolves to its exit code once it ended. */
  end(): Promise<number | null>;
}

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Starts a worker, whose times are short. */
export function startWorker(url: string, { root }: Script, { jobs = 1, drain = true, env = {} } = {}): WorkerProcess {
  const program = path.resolve('test/batch/queue/support/scripted-worker.js');
  const child = spawn(process.execPath, [program, url, root, `${jobs}`, drain ? 'drain' : 'stay'], {
    env: { ...process.env, ...env },
  });
  started.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (piece) => {
    out += piece;
  });
  child.stderr.on('data', (piece) => {
    err += piece;
  });
  return {
    child,
    events: () => lines<WorkerEvent>(out.slice(0, out.lastIndexOf('\n') + 1)),
    text: () => out + err,
    async end() {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      return child.exitCode;
    },
  };
}

/** Waits until something is so, for at most a minute. */
export async function until(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`not so after a minute: ${isSo}`);
    await sleep(20);
  }
}

function lines<T>(text: string): T[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]));
}
