import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../../src/quantizer/engine/engine.js';
import { placeJob } from '../../../src/quantizer/quantize/engine-job.js';
import { openModel } from '../../../src/quantizer/quantize/open-model.js';
import { prepare } from '../../../src/quantizer/quantize/prepare.js';
import { runJob } from '../../../src/quantizer/quantize/run-job.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { createPool } from '../../../src/tensors/pool.js';
import { tempFile, tempFolder } from '../../support/temp.js';
import { oldEngine } from '../support/quantize-tiny.js';
import { canMount, smallDisk } from '../support/small-disk.js';
import { tinyLlama } from '../support/tiny-llama.js';

/** Has an engine quantize a tiny model in a folder; returns what it told, as shares of the whole. */
async function run(engine: Engine, folder = tempFolder()) {
  await using model = await openModel(tempFile(tinyLlama(), 'in.gguf'));
  await using pool = createPool({ threads: 1 });
  const recipe = resolveStock('Q8_0', model.header);
  const preparation = prepare(model, recipe, { version: '1' });
  const plain = { allowRequantize: false, sidecar: false, force: false, threads: 1 };
  const request = { ...plain, model, out: 'out.gguf', recipe, preparation };
  const told: number[] = [];
  const startWork = ({ total }: { total: number }) => ({
    update: (done: number) => void told.push(done / total),
    end: () => void told.push(-1),
  });
  const job = await placeJob(folder, request);
  const version = await runJob(job, request, { engine, pool, startWork }, new AbortController().signal);
  return { version, told };
}

const tensor = (index: number, name: string): string =>
  `[${index}/2] ${name} - [32, 32, 1, 1], type = f32, converting to q8_0 .. size = 1 MiB -> 1 MiB`;

describe.skipIf(process.platform === 'win32')('runJob', () => {
  test('counts a tensor when the next one begins, and the last when the engine ends', async () => {
    const lines = ['version: 9', tensor(1, 'blk.0.attn_q.weight'), tensor(2, 'blk.0.attn_k.weight')];
    const { version, told } = await run(await oldEngine(`cat >&2 <<'END'\n${lines.join('\n')}\nEND`));
    expect(version).toBe('9');
    // 32 × 32 of the model's 10,848 weights.
    expect(told).toEqual([0, 1024 / 10_848, 2048 / 10_848, -1]);
  });

  test('takes tensors that the model has not for nothing', async () => {
    expect(await run(await oldEngine(`echo '${tensor(1, 'stranger')}' >&2`))).toEqual({
      version: 'unknown',
      told: [0, 0, -1],
    });
  });

  test('rejects with what the engine says, where the disk has room', async () => {
    await expect(run(await oldEngine('echo "no such type" >&2; exit 1'))).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringContaining('no such type'),
    });
  });

  test.skipIf(!canMount)('says that the disk is full, where what was still to be written has no room', async () => {
    const { folder } = smallDisk(32 * 2 ** 10);
    writeFileSync(path.join(folder, 'other'), Buffer.alloc(20_000));
    await expect(run(await oldEngine('echo "iostream error" >&2; exit 1'), folder)).rejects.toMatchObject({
      code: 'no-space',
      details: { path: folder },
    });
  });
});
