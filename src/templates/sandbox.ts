import { type ChildProcess, fork, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TemplateReply, TemplateRequest } from './protocol.js';
import { SAMPLES } from './samples.js';
import type { TemplateRender, TemplateRun } from './template-runs.js';

/** Memory for the heap of the child. A template of 100 KB with four samples needs less than 10 MB. */
const FLAGS = ['--max-old-space-size=128', '--max-semi-space-size=8', '--disallow-code-generation-from-strings'];

/** Time for the child to start. It takes a tenth of a second, and many times that on a machine with other work. */
const START_TIMEOUT_MS = 10_000;

/** The built module of the child, beside this one. */
export function sandboxUrl(): URL {
  return new URL('./child.js', import.meta.url);
}

/** How a template ended, without its key. */
type Outcome = Omit<TemplateRun, 'key' | 'notTried'>;

/** How a template ended, and the time that it took from when the child began with it. */
type TimedOutcome = Outcome & { readonly milliseconds: number };

/** What bounds a template. */
export interface SandboxLimits {
  /** From when the child begins with the template. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * A child process that tries templates, one at a time. It starts with the first one and is killed, and later replaced,
 * when a template passes a limit. Not a thread: V8 ends the whole process when one large string passes a thread's limit.
 */
export class Sandbox implements AsyncDisposable {
  readonly #url: URL;
  #child: ChildProcess | undefined;

  constructor(url: URL) {
    this.#url = url;
  }

  /** Tries a template. Never rejects for what the template does; an abort rejects with the signal's reason. */
  async run(request: TemplateRequest, { timeoutMs, signal }: SandboxLimits): Promise<TimedOutcome> {
    signal?.throwIfAborted();
    this.#child ??= startChild(this.#url);
    const attempt = await attemptIn(this.#child, request, timeoutMs, signal);
    if (attempt.isSpent) await this[Symbol.asyncDispose]();
    signal?.throwIfAborted();
    return attempt.outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
}

/** No environment, arguments or input reach the child, and nothing that it prints reaches the terminal. */
function startChild(url: URL): ChildProcess {
  const stdio: StdioOptions = ['ignore', 'ignore', 'ignore', 'ipc'];
  const child = fork(fileURLToPath(url), [], { env: {}, execArgv: FLAGS, stdio });
  // A failed message or kill shows as an exit as well.
  child.on('error', () => undefined);
  return child;
}

interface Attempt {
  readonly outcome: TimedOutcome;
  /** Whether the child must be killed, or is dead. */
  readonly isSpent: boolean;
}

function attemptIn(
  child: ChildProcess,
  request: TemplateRequest,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Attempt> {
  return new Promise((resolve) => {
    const renders: TemplateRender[] = [];
    let start = performance.now();
    const end = (outcome: Outcome, isSpent: boolean): void => {
      clearTimeout(timer);
      child.off('message', hear).off('exit', exit).off('error', fail);
      signal?.removeEventListener('abort', abort);
      resolve({ outcome: { ...outcome, milliseconds: performance.now() - start }, isSpent });
    };
    const stop = (render: Omit<TemplateRender, 'sample'>): void => {
      const sample = SAMPLES[renders.length]?.name;
      const all = sample === undefined ? renders : [...renders, { sample, ...render }];
      end({ renders: all }, true);
    };
    const expire = (): void => stop({ outcome: 'timed-out' });
    let timer = setTimeout(expire, START_TIMEOUT_MS);
    const begin = (): void => {
      start = performance.now();
      clearTimeout(timer);
      timer = setTimeout(expire, timeoutMs);
    };
    const hear = (reply: TemplateReply): void => {
      if (reply.kind === 'started') begin();
      else if (reply.kind === 'render') renders.push(reply.render);
      else if (reply.kind === 'done') end({ renders }, false);
      else end({ parseError: reply.error, renders }, false);
    };
    const exit = (code: number | null, killedBy: string | null): void => stop(deathOf(code, killedBy));
    const fail = ({ message }: Error): void => stop({ outcome: 'failed', error: message });
    const abort = (): void => stop({ outcome: 'failed', error: 'aborted' });
    child.on('message', hear).on('exit', exit).on('error', fail);
    signal?.addEventListener('abort', abort);
    child.send(request);
  });
}

/** V8 aborts when the heap is full; how that shows depends on the system. */
function deathOf(code: number | null, killedBy: string | null): Omit<TemplateRender, 'sample'> {
  const isMemory = killedBy === 'SIGABRT' || killedBy === 'SIGTRAP' || killedBy === 'SIGILL' || code === 134;
  if (isMemory) return { outcome: 'too-large' };
  return { outcome: 'failed', error: `the renderer ended (${killedBy ?? code})` };
}
