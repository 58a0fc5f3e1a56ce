import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Orders } from './scenes.js';

/** What `driver.js` is told where it is to write shards of one tensor each. */
export interface SplitOrders {
  readonly action: 'split';
  readonly file: string;
  readonly out: string;
  readonly force: boolean;
  readonly threads: number;
}

/** How a victim ended. */
export type Ending =
  | { readonly how: 'done'; readonly milliseconds: number; readonly calls: number }
  | { readonly how: 'killed' }
  | { readonly how: 'failed'; readonly message: string };

const DRIVER = fileURLToPath(new URL('driver.js', import.meta.url));

/** A process that has loaded the program and waits for the file to be there. */
export interface Victim {
  /** Lets it read the file and plan; from then on the next thing that it does is the work. */
  prepare(orders: (Orders | SplitOrders) & { readonly dieAt?: number }): Promise<void>;
  /** Starts the work, kills it with SIGKILL after so many milliseconds, and waits for its end. */
  run(killAfter?: number): Promise<Ending>;
  /** Ends it without work. */
  dismiss(): void;
}

/** Starts a victim. It takes some tenths of a second to load, so start it before it is needed. */
function startVictim(): Victim {
  const child = spawn(process.execPath, [DRIVER], { stdio: ['pipe', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  const words = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let message = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    message += text;
  });
  // It may be dead before it has read the last word.
  child.stdin.on('error', () => undefined);
  const expectWord = async (word: string): Promise<void> => {
    const { value } = await words.next();
    if (value !== word) throw new Error(`the driver said '${value}' instead of '${word}': ${message}`);
  };
  return {
    async prepare(orders) {
      await expectWord('loaded');
      child.stdin.write(`${JSON.stringify(orders)}\n`);
      await expectWord('ready');
    },
    async run(killAfter) {
      const start = performance.now();
      child.stdin.write('go\n');
      if (killAfter !== undefined) await killAt(child, start + killAfter);
      const { value } = await words.next();
      const milliseconds = performance.now() - start;
      const [code, signal] = await closed;
      if (typeof value === 'string') return { how: 'done', milliseconds, calls: Number(value.split(' ')[1]) };
      return signal === 'SIGKILL' ? { how: 'killed' } : { how: 'failed', message: `exit code ${code}: ${message}` };
    },
    dismiss: () => child.kill('SIGKILL'),
  };
}

/** Timers are good to a millisecond or two; the rest is waited for by looking at the clock. */
async function killAt(child: ChildProcessByStdio<Writable, Readable, Readable>, time: number): Promise<void> {
  const rest = time - performance.now() - 2;
  if (rest > 1) await sleep(rest);
  while (performance.now() < time);
  child.kill('SIGKILL');
}

/** Victims for one test after another, some of them always loading. */
export interface Victims extends Disposable {
  next(): Victim;
}

/** Keeps `spares` victims loading. */
export function startVictims(spares: number): Victims {
  const waiting: Victim[] = [];
  return {
    next: () => {
      while (waiting.length <= spares) waiting.push(startVictim());
      return waiting.shift()!;
    },
    [Symbol.dispose]: () => {
      for (const victim of waiting.splice(0)) victim.dismiss();
    },
  };
}
