import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { GgufError } from '../errors.js';
import { type Reply, type Request, type ResultOf, type Task, unpackError } from './protocol.js';
import { runTask } from './run-task.js';

/** Something that does one task after another. */
export interface Lane extends AsyncDisposable {
  run<T extends Task>(task: T): Promise<ResultOf<T>>;
}

/** A lane in this thread. Between two tasks the event loop gets its turn. */
export const localLane: Lane = {
  run: async (task) => {
    await setImmediate();
    return runTask(task);
  },
  [Symbol.asyncDispose]: async () => undefined,
};

/** How a request is answered. */
interface Pending {
  readonly resolve: (result: ResultOf<Task>) => void;
  readonly reject: (error: Error) => void;
}

/** A lane in a worker thread, which starts with the first task. If it dies, the next task starts another. */
export class WorkerLane implements Lane {
  readonly #url: URL;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #nextId = 0;

  constructor(url: URL) {
    this.#url = url;
  }

  run<T extends Task>(task: T): Promise<ResultOf<T>> {
    const worker = this.#worker ?? this.#start();
    return new Promise<ResultOf<Task>>((resolve, reject) => {
      const request: Request = { id: this.#nextId, task };
      this.#nextId += 1;
      this.#pending.set(request.id, { resolve, reject });
      worker.ref();
      worker.postMessage(request);
      // The answer to a task is a result of its kind.
    }) as Promise<ResultOf<T>>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.#worker;
    this.#fail(worker, new GgufError('aborted', 'the worker pool was closed', { why: 'pool closed' }));
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(this.#url, { execArgv: [], name: 'ggufix' });
    // An idle worker does not keep the process alive.
    worker.unref();
    worker.on('message', (reply: Reply) => this.#settle(worker, reply));
    worker.on('error', (error) =>
      this.#fail(worker, died(error instanceof Error ? error.message : String(error), error)),
    );
    worker.on('messageerror', (error) => this.#fail(worker, died(`unreadable message: ${error.message}`, error)));
    worker.on('exit', (code) => this.#fail(worker, died(`it exited with code ${code}`)));
    this.#worker = worker;
    return worker;
  }

  #settle(worker: Worker, reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) worker.unref();
    if (reply.ok) pending?.resolve(reply.result);
    else pending?.reject(unpackError(reply.error));
  }

  /** Rejects everything that `worker` has not answered; a worker that was given up before has nothing left. */
  #fail(worker: Worker | undefined, error: Error): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
  }
}

function died(why: string, cause?: unknown): GgufError<'worker-died'> {
  return new GgufError('worker-died', `a worker thread died: ${why}`, { why }, { cause });
}
