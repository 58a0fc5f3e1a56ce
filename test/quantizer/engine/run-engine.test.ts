import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import type { Engine } from '../../../src/quantizer/engine/engine.js';
import type { EngineJob } from '../../../src/quantizer/engine/engine-arguments.js';
import { findEngine } from '../../../src/quantizer/engine/find-engine.js';
import type { EngineEvent } from '../../../src/quantizer/engine/parse-log.js';
import { runEngine } from '../../../src/quantizer/engine/run-engine.js';
import { describeWithTools } from '../../support/llama-tools.js';
import { isAlive, pidIn, untilGone } from '../../support/processes.js';
import { tempFile, tempFolder } from '../../support/temp.js';
import { fakeEngine } from '../support/fake-engine.js';
import { describeWithLlama } from '../support/llama.js';
import { tinyLlama } from '../support/tiny-llama.js';

const childUrl = new URL('../../../dist/quantizer/embedded/quantize-child.js', import.meta.url);

const fake = (script: string): Promise<Engine> => findEngine({ wanted: fakeEngine(script), env: {} });

function jobIn(folder: string, input = '/in.gguf'): EngineJob {
  return {
    input,
    output: path.join(folder, 'out.gguf'),
    fileType: 'Q8_0',
    threads: 1,
    dryRun: false,
    keys: [],
    allowRequantize: false,
    keepSplit: false,
  };
}

/** Runs an engine in a new folder, and returns what it told. */
async function run(engine: Engine, input?: string, signal?: AbortSignal): Promise<EngineEvent[]> {
  const folder = tempFolder();
  const events: EngineEvent[] = [];
  await runEngine(engine, jobIn(folder, input), { folder, signal, onEvent: (event) => events.push(event) });
  return events;
}

const isPosix = process.platform !== 'win32';

describe.runIf(isPosix)('a program', () => {
  test('is run in the folder with the arguments of the job', async () => {
    const folder = tempFolder();
    await runEngine(await fake('pwd > "$out"; echo "$@" >> "$out"'), jobIn(folder), { folder });
    const out = path.join(folder, 'out.gguf');
    expect(readFileSync(out, 'utf8')).toBe(`${folder}\n/in.gguf ${out} Q8_0 1\n`);
  });

  test('tells what it says on stderr, not what it says on stdout', async () => {
    const line = '[   1/   2] a.weight - [   256,    512,      1,      1], type =    f16, converting to q8_0 .. ';
    const events = await run(await fake(`echo 'version: 1'; echo 'version: 2' >&2; printf '${line}' >&2`));
    expect(events).toEqual([
      { kind: 'version', version: '2' },
      { kind: 'tensor', index: 1, count: 2, name: 'a.weight', type: 'Q8_0' },
    ]);
  });

  test('that fails gives its last words, without its list of tensors', async () => {
    const script = `for i in 1 2 3 4 5; do echo "why $i"; done >&2; echo '[  1/  2] a - [ 1 ], type = f16, size = 1 MiB' >&2; exit 7`;
    const engine = await fake(script);
    await expect(run(engine)).rejects.toMatchObject({
      code: 'engine-failed',
      message: `${engine.program} failed on /in.gguf (exit code 7): why 2; why 3; why 4; why 5`,
      details: { how: 'exit code 7', lastWords: ['why 2', 'why 3', 'why 4', 'why 5'] },
    });
  });

  test('that fails without a word is named with its exit code', async () => {
    const engine = await fake('exit 1');
    await expect(run(engine)).rejects.toThrow(`${engine.program} failed on /in.gguf (exit code 1)`);
  });

  test.each(['ABRT', 'KILL', 'SEGV'])('that ends by SIG%s is named with the signal', async (signal) => {
    await expect(run(await fake(`echo 'GGML_ASSERT(x) failed' >&2; kill -${signal} $$`))).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringMatching(new RegExp(`\\(SIG${signal}\\): GGML_ASSERT\\(x\\) failed$`)),
    });
  });

  test('cannot give orders to the terminal with its last words', async () => {
    await expect(run(await fake(`printf '\\033[2Jgone' >&2; exit 1`))).rejects.toMatchObject({
      message: expect.not.stringContaining('\u001b'),
    });
  });

  test('that prints gigabytes takes no memory', async () => {
    const before = process.memoryUsage().rss;
    const noise = 'yes "noise without any sense that goes on and on and on" | head -c 200000000 >&2';
    const events = await run(await fake(`${noise}; head -c 100000000 /dev/zero >&2; echo >&2; echo 'version: 3' >&2`));
    expect(events).toEqual([{ kind: 'version', version: '3' }]);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 2 ** 20);
  });

  test('is ended where the caller stops, and gone when the call returns', async () => {
    const file = path.join(tempFolder(), 'pid');
    const controller = new AbortController();
    const running = run(await fake(`echo $$ > ${file}; exec sleep 1000`), undefined, controller.signal);
    const pid = await pidIn(file);
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
    expect(isAlive(pid)).toBe(false);
  });
});

test('a program that is gone meanwhile is unavailable', async () => {
  const engine = { kind: 'llama-quantize', program: '/nowhere/q', prefix: [], features: new Set<never>() } as const;
  await expect(run(engine)).rejects.toMatchObject({ code: 'unavailable' });
});

describeWithTools('the llama-quantize on PATH', ['llama-quantize'], () => {
  test('tells its version and each tensor, and writes the file', async () => {
    await expectTiny(await findEngine({ wanted: 'auto', env: process.env }));
  });

  test('says why it fails', async () => {
    const engine = await findEngine({ wanted: 'auto', env: process.env });
    await expect(run(engine, tempFile(Buffer.from('no model')))).rejects.toMatchObject({ code: 'engine-failed' });
  });
});

describeWithLlama('the embedded engine', () => {
  const embedded = () => findEngine({ wanted: 'embedded', env: {}, childUrl });

  test('tells its version and each tensor, and writes the file', async () => {
    await expectTiny(await embedded());
  });

  test('says why it fails', async () => {
    await expect(run(await embedded(), tempFile(Buffer.from('no model')))).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringContaining('the embedded llama.cpp failed on'),
      details: { how: 'exit code 1', lastWords: expect.arrayContaining([expect.stringMatching(/magic|failed to/)]) },
    });
  });

  test.each([
    ['flags for another Node', 'NODE_OPTIONS', '--no-such-flag'],
    ["another program's backend", 'GGML_BACKEND_PATH', '/nowhere/libggml-cpu.so'],
  ])('is not disturbed by %s', async (_what, name, value) => {
    vi.stubEnv(name, value);
    try {
      const { program } = await embedded();
      const show = tempFile(
        Buffer.from(`process.stderr.write('version: ' + process.env[${JSON.stringify(name)}] + '\\n')`),
        'show.mjs',
      );
      const told = await run({ kind: 'embedded', program, prefix: [show], features: new Set() });
      expect(told).toEqual([{ kind: 'version', version: 'undefined' }]);
      await expectTiny(await embedded());
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test.runIf(isPosix)('does not outlive a kill -9 of what started it', async () => {
    const { program, prefix } = await embedded();
    const fifo = path.join(tempFolder(), 'model.gguf');
    spawnSync('mkfifo', [fifo]);
    // llama.cpp waits for the other end of the pipe, as it would be busy with a large tensor.
    const argv = JSON.stringify([...prefix, fifo, '/nowhere/out.gguf', 'Q8_0']);
    const script = `const child = require('child_process').spawn(${JSON.stringify(program)}, ${argv}, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
      child.stderr.once('data', () => console.log(child.pid))`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))));
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await untilGone(pid);
  });

  test('is built as a program of its own', () => {
    const { status, stderr } = spawnSync(process.execPath, [fileURLToPath(childUrl), 'in.gguf', 'out.gguf', 'Q9'], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 1, stderr: "llama_quantize: invalid ftype 'Q9'\n" });
  });
});

/** Has an engine quantize a model of 11 tensors. */
async function expectTiny(engine: Engine): Promise<void> {
  const folder = tempFolder();
  const events: EngineEvent[] = [];
  const input = path.join(folder, 'in.gguf');
  writeFileSync(input, tinyLlama());
  const job = { ...jobIn(folder, input), keys: [{ key: 'general.name', type: 'str', value: 'tiny' }] as const };
  await runEngine(engine, job, { folder, onEvent: (event) => events.push(event) });
  const [version, ...tensors] = events;
  expect(version).toMatchObject({ kind: 'version', version: expect.stringMatching(/^\d/) });
  expect(tensors).toHaveLength(11);
  expect(tensors).toContainEqual({ kind: 'tensor', index: 2, count: 11, name: 'token_embd.weight', type: 'Q8_0' });
  expect(tensors).toContainEqual({ kind: 'tensor', index: 1, count: 11, name: 'output_norm.weight', type: 'F32' });
  expect(readFileSync(job.output).includes('tiny')).toBe(true);
}
