import { type ChildProcess, fork, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TemplateReply, TemplateRequest } from './protocol.js';
import { SAMPLES } from './samples.js';
import type { TemplateRender, TemplateRun } from './template-runs.js';

/** Memory for the heap of the child. A template of 100 KB with four samples needs less than 10 MB. */
const FLAGS = ['--max-old-space-size=128', '--max-semi-space-size=8', '--disallow-code-generation-from-strings'];

/** The built module of the child, beside this one. */
export function sandboxUrl(): URL {
  return new URL('./child.js', import.meta.url);
}

/** How a template ended, without its key. */
type Outcome = Omit<TemplateRun, 'key'>;

/** What bounds a template. */
export interface SandboxLimits {
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
  async run(request: TemplateRequest, { timeoutMs, signal }: SandboxLimits): Promise<Outcome> {
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
  readonly outcome: Outcome;
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
    const end = (attempt: Attempt): void => {
      clearTimeout(timer);
      child.off('message', hear).off('exit', exit).off('error', fail);
      signal?.removeEventListener('abort', abort);
      resolve(attempt);
    };
    const stop = (render: Omit<TemplateRender, 'sample'>): void => {
      const sample = SAMPLES[renders.length]?.name;
      const all = sample === undefined ? renders : [...renders, { sample, ...render }];
      end({ outcome: { renders: all }, isSpent: true });
    };
    const hear = (reply: TemplateReply): void => {
      if (reply.kind === 'render') renders.push(reply.render);
      else if (reply.kind === 'done') end({ outcome: { renders }, isSpent: false });
      else end({ outcome: { parseError: reply.error, renders }, isSpent: false });
    };
    const exit = (code: number | null, killedBy: string | null): void => stop(deathOf(code, killedBy));
    const fail = ({ message }: Error): void => stop({ outcome: 'failed', error: message });
    const abort = (): void => stop({ outcome: 'failed', error: 'aborted' });
    const timer = setTimeout(() => stop({ outcome: 'timed-out' }), timeoutMs);
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
