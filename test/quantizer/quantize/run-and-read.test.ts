import { createHash } from 'node:crypto';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../../src/quantizer/engine/engine.js';
import { placeJob } from '../../../src/quantizer/quantize/engine-job.js';
import { openModel } from '../../../src/quantizer/quantize/open-model.js';
import { prepare } from '../../../src/quantizer/quantize/prepare.js';
import { runAndRead } from '../../../src/quantizer/quantize/run-and-read.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { createPool } from '../../../src/tensors/pool.js';
import { isAlive, pidIn } from '../../support/processes.js';
import { tempFile, tempFolder } from '../../support/temp.js';
import { oldEngine } from '../support/quantize-tiny.js';
import { tinyLlama } from '../support/tiny-llama.js';

async function run(engine: Engine, source: string, signal?: AbortSignal, sourceHash?: string) {
  await using model = await openModel(source);
  await using pool = createPool({ threads: 1 });
  const recipe = resolveStock('Q8_0', model.header);
  const preparation = prepare(model, recipe, { version: '1' });
  const plain = { allowRequantize: false, sidecar: false, force: false, threads: 1 };
  const request = { ...plain, model, out: 'out.gguf', recipe, preparation, sourceHash };
  return await runAndRead(await placeJob(tempFolder(), request), request, { engine, pool, signal });
}

/** A model whose last weight is infinite. */
function infinite(): string {
  const bytes = Buffer.from(tinyLlama());
  bytes.writeUInt32LE(0x7f800000, bytes.byteLength - 4);
  return tempFile(bytes);
}

describe.skipIf(process.platform === 'win32')('runAndRead', () => {
  test('resolves to what the engine calls itself and the hash of the source', async () => {
    expect(await run(await oldEngine("echo 'version: 9' >&2"), tempFile(tinyLlama()))).toEqual({
      engineVersion: '9',
      sourceHash: createHash('sha256').update(tinyLlama()).digest('hex'),
    });
  });

  test('reads no source whose hash is known, and whose weights therefore are good', async () => {
    const engine = await oldEngine("echo 'version: 9' >&2");
    expect(await run(engine, infinite(), undefined, 'known')).toEqual({ engineVersion: '9', sourceHash: 'known' });
  });

  test('names the bad weight where the engine stumbles over it first', async () => {
    const engine = await oldEngine('echo "quantized data validation failed" >&2; exit 1');
    await expect(run(engine, infinite())).rejects.toMatchObject({
      code: 'non-finite-weight',
      details: { row: 31, element: 63, value: 'Inf' },
    });
  });

  test('ends the engine where a weight is bad', async () => {
    const file = path.join(tempFolder(), 'pid');
    const engine = await oldEngine(`echo $$ > ${file}; exec sleep 1000`);
    await expect(run(engine, infinite())).rejects.toMatchObject({ code: 'non-finite-weight' });
    // It was ended before it wrote its number, or after.
    const pid = await Promise.race([pidIn(file), new Promise<number>((resolve) => setTimeout(resolve, 500, 0))]);
    expect(pid !== 0 && isAlive(pid)).toBe(false);
  });

  test('tells what the engine says, where the source is good', async () => {
    await expect(run(await oldEngine('echo "no such type" >&2; exit 1'), tempFile(tinyLlama()))).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringContaining('no such type'),
    });
  });

  test('refuses a source that changes meanwhile', async () => {
    const source = tempFile(tinyLlama());
    await expect(run(await oldEngine(`echo more >> ${source}`), source)).rejects.toMatchObject({
      code: 'file-changed',
    });
  });

  test('stops', async () => {
    const stopped = run(await oldEngine('exec sleep 1000'), tempFile(tinyLlama()), AbortSignal.timeout(300));
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
  });
});
