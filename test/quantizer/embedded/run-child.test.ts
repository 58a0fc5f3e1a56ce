import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runChild } from '../../../src/quantizer/embedded/run-child.js';

/** Long enough to never fire in a test that expects another end. */
const AMPLE_MS = 50_000;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ggufix-child-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function script(text: string): Promise<URL> {
  const file = path.join(folder, 'child.mjs');
  await writeFile(file, text);
  return pathToFileURL(file);
}

const HANGING = `process.on('message', () => undefined); setInterval(() => undefined, 1000);`;

describe('runChild', () => {
  test('posts the request and returns the reply, typed arrays as they are', async () => {
    const child = await script(`process.once('message', ({ from }) => {
      process.send({ doubled: Float32Array.from(from, (x) => 2 * x) }, () => process.disconnect());
    });`);
    const end = await runChild(child, { from: Float32Array.of(1, 2.5) }, { timeoutMs: AMPLE_MS });
    expect(end).toEqual({
      reply: { doubled: Float32Array.of(2, 5) },
      how: 'exit code 0',
      timedOut: false,
      lastWords: [],
    });
  });

  test('keeps the last words of a child that aborts', async () => {
    const child = await script(`import { writeSync } from 'node:fs';
      writeSync(2, 'loading\\n\\nGGML_ASSERT(x > 0) '); writeSync(2, 'failed\\nno newline');
      process.kill(process.pid, 'SIGABRT'); setInterval(() => undefined, 1000);`);
    expect(await runChild(child, {}, { timeoutMs: AMPLE_MS })).toEqual({
      reply: undefined,
      how: process.platform === 'win32' ? 'exit code 1' : 'SIGABRT',
      timedOut: false,
      lastWords: ['loading', 'GGML_ASSERT(x > 0) failed', 'no newline'],
    });
  });

  test('keeps only the end of a long stderr, and cuts long lines', async () => {
    const child = await script(`import { writeSync } from 'node:fs';
      for (let i = 0; i < 5000; i += 1) writeSync(2, 'line ' + i + 'x'.repeat(600) + '\\n');
      process.exitCode = 3; process.disconnect();`);
    const { lastWords, how } = await runChild(child, {}, { timeoutMs: AMPLE_MS });
    expect(how).toBe('exit code 3');
    expect(lastWords).toHaveLength(40);
    expect(lastWords.at(-1)).toMatch(/^line 4999x+$/);
    expect(lastWords.at(-1)).toHaveLength(500);
  });

  test('kills a child that takes too long', async () => {
    const end = await runChild(await script(HANGING), {}, { timeoutMs: 300 });
    expect(end).toMatchObject({ reply: undefined, timedOut: true });
  });

  test('kills the child and rejects when the caller aborts', async () => {
    const controller = new AbortController();
    const run = runChild(await script(HANGING), {}, { timeoutMs: AMPLE_MS, signal: controller.signal });
    controller.abort();
    await expect(run).rejects.toMatchObject({ code: 'aborted' });
  });

  test('starts nothing for a signal that fired before', async () => {
    const nowhere = pathToFileURL(path.join(folder, 'absent.mjs'));
    const run = runChild(nowhere, {}, { timeoutMs: AMPLE_MS, signal: AbortSignal.abort() });
    await expect(run).rejects.toMatchObject({ code: 'aborted' });
  });

  test('reports a script that does not load', async () => {
    const end = await runChild(await script('throw new Error("no such luck")'), {}, { timeoutMs: AMPLE_MS });
    expect(end).toMatchObject({ reply: undefined, how: 'exit code 1', timedOut: false });
    expect(end.lastWords.join('\n')).toContain('no such luck');
  });
});
