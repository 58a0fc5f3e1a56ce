import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, watch } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { gguf } from '../support/gguf-builder.js';
import { BINARY } from '../support/run-cli.js';
import { neighboursOf, tempFile } from '../support/temp.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Some tenths of a second of work on any machine: 32 MiB that move and 64 M weights that are converted. */
const LEADING_BYTES = 32 * 2 ** 20;
const ROWS = 2 ** 16;

const model = gguf()
  .metadata('general.architecture', { type: 'string', value: 'gemma3n' })
  .metadata('tokenizer.chat_template', { type: 'string', value: 'short' })
  .tensor('a', 'I8', [LEADING_BYTES], { bytes: new Uint8Array(LEADING_BYTES).fill(3) })
  .tensor('b', 'F16', [1024, ROWS], { bytes: new Uint8Array(ROWS * 2048).fill(0x34) })
  .bytes();

const COMMANDS = {
  rewrite: ['requantize', '--tensor', 'b=q8_0'],
  slide: ['meta', 'set', 'tokenizer.chat_template', 'x'.repeat(4096), '--strategy', 'slide'],
} as const;

/** What a process that was asked to stop left. */
interface Stopped {
  readonly exit: number | null;
  readonly by: NodeJS.Signals | null;
  readonly err: string;
  readonly isOld: boolean;
  readonly neighbours: readonly string[];
}

describe.each(SIGNALS)('%s', (signal) => {
  test.each([
    { strategy: 'rewrite', companion: 'tmp' },
    { strategy: 'slide', companion: 'journal' },
  ] as const)('in the middle of a $strategy: exit code 130 and the old file', async ({ strategy, companion }) => {
    const stopped = await stopWhen(
      strategy,
      signal,
      (file, name) => name === `.${path.basename(file)}.ggufix-${companion}`,
    );
    expect(stopped).toEqual({
      exit: 130,
      by: null,
      err: expect.stringMatching(new RegExp(`^ggufix: .*interrupted by ${signal}.*\n$`)),
      isOld: true,
      neighbours: [],
    });
  });

  test('at any other moment: stopped or done, and nothing is left', async () => {
    for (const delay of [20, 120, 250]) {
      const { exit, by, isOld, neighbours } = await stopWhen('rewrite', signal, delay);
      // Before ggufix listens, the system ends the process.
      expect([
        [130, null, true],
        [null, signal, true],
        [0, null, false],
      ]).toContainEqual([exit, by, isOld]);
      expect(neighbours, `after ${delay} ms`).toEqual([]);
    }
  });
});

type Moment = number | ((file: string, changed: string) => boolean);

/** Starts ggufix and sends `signal` after so many milliseconds, or when a file beside the model is the awaited one. */
async function stopWhen(command: keyof typeof COMMANDS, signal: NodeJS.Signals, moment: Moment): Promise<Stopped> {
  const file = tempFile(model);
  const [verb, ...rest] = COMMANDS[command];
  const argv = verb === 'meta' ? [verb, rest[0]!, file, ...rest.slice(1)] : [verb, file, ...rest];
  const child = spawn(process.execPath, [BINARY, ...argv], { stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  // Once only: a second signal ends ggufix at once.
  let isSent = false;
  const watcher = watch(path.dirname(file), (_, name) => {
    if (isSent || typeof moment === 'number' || name === null || !moment(file, name)) return;
    isSent = child.kill(signal);
  });
  if (typeof moment === 'number') void sleep(moment).then(() => child.kill(signal));
  const [exit, by] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  watcher.close();
  return { exit, by, err, isOld: readFileSync(file).equals(model), neighbours: neighboursOf(file) };
}
