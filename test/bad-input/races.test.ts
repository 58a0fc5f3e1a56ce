import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, utimesSync, watch, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { gguf } from '../support/gguf-builder.js';
import { BINARY } from '../support/run-cli.js';
import { neighboursOf, tempFile } from '../support/temp.js';
import { type Refusal, refusalLine, run } from './attempt.js';

/** Some tenths of a second of work on any machine. */
const ROWS = 2 ** 16;
const model = gguf()
  .metadata('general.architecture', { type: 'string', value: 'llama' })
  .tensor('w', 'F16', [1024, ROWS], { bytes: new Uint8Array(ROWS * 2048).fill(0x34) })
  .bytes();

const REQUANTIZE = ['requantize', 'model.gguf', '--tensor', 'w=q8_0'] as const;

/** Requantizes a file and does something as soon as the new file appears beside it. */
async function whileWriting(file: string, disturb: (writer: ChildProcess) => void): Promise<Refusal> {
  const child = spawn(process.execPath, [BINARY, ...REQUANTIZE], { cwd: path.dirname(file) });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  let isDisturbed = false;
  const watcher = watch(path.dirname(file), (_, name) => {
    if (isDisturbed || name?.endsWith('.ggufix-tmp') !== true) return;
    isDisturbed = true;
    disturb(child);
  });
  const [exit] = (await once(child, 'close')) as [number | null];
  watcher.close();
  expect(isDisturbed, 'the work was over before it could be disturbed').toBe(true);
  return { exit, out: '', err };
}

test('two runs at once: the second one names the first, which ends well', async () => {
  const file = tempFile(model);
  let second: Refusal | undefined;
  const first = await whileWriting(file, (writer) => {
    // The first one waits, so that it cannot be over before the second one begins.
    writer.kill('SIGSTOP');
    second = run(path.dirname(file), REQUANTIZE);
    writer.kill('SIGCONT');
  });
  expect(first).toMatchObject({ exit: 0, err: '' });
  expect(refusalLine(second!, 3)).toMatch(/model\.gguf is being changed by process \d+ .*lock file/);
  expect(neighboursOf(file)).toEqual([]);
});

test('a file that is touched while it is read is left as it is then', async () => {
  const file = tempFile(model);
  const refusal = await whileWriting(file, () => utimesSync(file, new Date(0), new Date(0)));
  expect(refusalLine(refusal, 3)).toMatch(/model\.gguf.*changed/);
  expect(readFileSync(file).equals(model)).toBe(true);
  expect(neighboursOf(file)).toEqual([]);
});

test('a file that grows while it is read is left as it is then', async () => {
  const file = tempFile(model);
  const refusal = await whileWriting(file, () => writeFileSync(file, 'more', { flag: 'a' }));
  expect(refusalLine(refusal, 3)).toMatch(/model\.gguf.*changed/);
  expect(readFileSync(file).byteLength).toBe(model.byteLength + 4);
  expect(neighboursOf(file)).toEqual([]);
});

test('a reader that closes the pipe early is no error', () => {
  const many = Array.from({ length: 5000 }, (_, i) => `k${i}`);
  const builder = many.reduce((file, key) => file.metadata(key, { type: 'string', value: 'v'.repeat(60) }), gguf());
  const file = tempFile(builder.bytes());
  const script = 'set -o pipefail; "$0" "$1" meta get "$2" | head -1; echo "exit $?"';
  const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, BINARY, file], { encoding: 'utf8' });
  expect({ stdout, stderr }).toEqual({ stdout: `k0 = ${'v'.repeat(60)}\nexit 0\n`, stderr: '' });
});
