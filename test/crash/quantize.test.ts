import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { newShardPaths } from '../../src/sources/shard-name.js';
import { describeWithLlama } from '../quantizer/support/llama.js';
import { splitModel } from '../quantizer/support/split-model.js';
import { tinyLlama } from '../quantizer/support/tiny-llama.js';
import { BINARY } from '../support/run-cli.js';
import { tempFolder } from '../support/temp.js';

const KILLER = fileURLToPath(new URL('program-killer.js', import.meta.url));

/** Quantizes the set that `source` belongs to, and keeps it split. Resolves to whether it came to its end. */
async function quantize(source: string, out: string, dieAt?: number): Promise<boolean> {
  const flags = ['--type', 'Q8_0', '--engine', 'embedded', '--keep-split', '--force', '--quiet'];
  const argv = ['--import', KILLER, BINARY, 'quantize', source, out, ...flags];
  const env = { ...process.env, GGUFIX_WORK: 'ggufix-tmp', GGUFIX_DIE_AT: String(dieAt ?? 0) };
  const child = spawn(process.execPath, argv, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [exit, signal] = await once(child, 'exit');
  // What `check` finds of so small a model is exit code 1.
  if (signal !== 'SIGKILL') expect({ err, isMade: exit !== null && exit <= 1 }).toEqual({ err: '', isMade: true });
  return signal !== 'SIGKILL';
}

describeWithLlama('quantize --keep-split over the set of another model', () => {
  test('killed before any file operation: old and new shards never pass for one model', async () => {
    const folder = tempFolder();
    const out = path.join(folder, 'out.gguf');
    const files = newShardPaths(out, 2);
    const [first = ''] = files;
    const bytesOf = (): readonly Buffer[] => files.map((file) => readFileSync(file));
    await quantize(splitModel(tinyLlama({ shift: 1 }))[0], out);
    const old = bytesOf();
    const [source] = splitModel();
    await quantize(source, out);
    const made = bytesOf();
    let step = 0;
    for (let isDone = false; !isDone; ) {
      step += 1;
      // What a killed run left beside them is the next one's to clean up.
      for (const [index, bytes] of old.entries()) writeFileSync(files[index] ?? '', bytes);
      isDone = await quantize(source, out, step);
      if (!existsSync(first)) continue;
      const isOneModel = [old, made].some((set) =>
        files.every((file, index) => existsSync(file) && set[index]?.equals(readFileSync(file)) === true),
      );
      expect(isOneModel, `killed before operation ${step}: a model of old and new shards`).toBe(true);
    }
    console.log(`quantize over another set: killed before each of ${step - 1} file operations`);
    expect(step).toBeGreaterThan(20);
    expect(bytesOf()).toEqual(made);
    expect(readdirSync(folder).sort()).toEqual([...files.map((file) => path.basename(file)), 'out.recipe.json']);
  }, 600_000);
});
