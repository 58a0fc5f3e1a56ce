import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { companionsOf } from '../../src/edit/companions.js';
import { recoverFile } from '../../src/edit/recover.js';
import { planSplit } from '../../src/edit/split/plan-split.js';
import { splitFile } from '../../src/edit/split/split-file.js';
import { readHeader } from '../../src/gguf/parse.js';
import { openFile } from '../../src/sources/file.js';
import { newShardPaths } from '../../src/sources/shard-name.js';
import { createPool } from '../../src/tensors/pool.js';
import { gguf } from '../support/gguf-builder.js';
import { BINARY } from '../support/run-cli.js';
import { tempFolder } from '../support/temp.js';
import { modelBytes, type Scale } from './scenes.js';
import { type SplitOrders, startVictims } from './victim.js';

const SMALL: Scale = { metadata: 2 ** 12, rows: 4, threads: 0 };
const LARGE: Scale = { metadata: 2 ** 20, rows: 512, threads: 2 };

/** Kills at moments that are spread over the time of the work. */
const MOMENTS = process.env['GGUFIX_SLOW'] === undefined ? 8 : 60;

const victims = startVictims(2);
afterAll(() => victims[Symbol.dispose]());

/** A model in a folder of its own, the set that becomes of it, and one that stands there already. */
interface Scene {
  readonly orders: SplitOrders;
  readonly files: readonly string[];
  readonly start: Buffer;
  readonly made: readonly Buffer[];
  /** Of another model of the same shape, where there is one. */
  readonly old: readonly Buffer[] | undefined;
  reset(): void;
}

async function sceneOf(scale: Scale, force: boolean): Promise<Scene> {
  const folder = tempFolder();
  const file = path.join(folder, 'model.gguf');
  const out = path.join(folder, 'out');
  const start = modelBytes(scale);
  writeFileSync(file, start);
  const files = newShardPaths(out, 3);
  await splitHere(file, out);
  const made = files.map((each) => readFileSync(each));
  const old = force ? made.map((bytes) => Buffer.from(bytes).fill(0x55, bytes.byteLength - 64)) : undefined;
  const reset = (): void => {
    for (const name of readdirSync(folder)) rmSync(path.join(folder, name), { recursive: true });
    writeFileSync(file, start);
    for (const [index, bytes] of (old ?? []).entries()) writeFileSync(files[index] ?? '', bytes);
  };
  return { orders: { action: 'split', file, out, force, threads: scale.threads }, files, start, made, old, reset };
}

async function splitHere(file: string, out: string): Promise<void> {
  await using source = await openFile(file);
  const plan = planSplit(await readHeader(source), { maxTensors: 1 });
  await splitFile(source, out, { plan, force: true }, { openPool: async () => createPool({ threads: 0 }) });
}

/**
 * Expects the source as it was, no shard in part, and a set that begins with a first shard to be one model: the new one or
 * the old one. Then `recover` takes away what else was left, as does another run, which makes the whole set.
 */
async function expectWhole({ orders, files, start, made, old }: Scene, where: string): Promise<void> {
  const { file, out } = orders;
  expect(readFileSync(file).equals(start), `${where}: the source changed`).toBe(true);
  const isOf = (set: readonly Buffer[], index: number): boolean =>
    set[index] !== undefined && readFileSync(files[index] ?? '').equals(set[index]);
  const sets = old === undefined ? [made] : [made, old];
  for (const [index, each] of files.entries()) {
    if (!existsSync(each)) continue;
    expect(
      sets.some((set) => isOf(set, index)),
      `${where}: half of ${each}`,
    ).toBe(true);
  }
  const [first = ''] = files;
  if (existsSync(first)) {
    const isOneModel = sets.some((set) => files.every((each, index) => existsSync(each) && isOf(set, index)));
    expect(isOneModel, `${where}: a model of old and new shards`).toBe(true);
  }
  const hidden = (): string[] => readdirSync(path.dirname(file)).filter((name) => name.startsWith('.'));
  // Killed while it took the lock, a run leaves a file that `recover` of a name without a file does not look for.
  if (existsSync(first) || existsSync(companionsOf(first).lock)) {
    await recoverFile(first);
    expect(hidden(), where).toEqual([]);
  }
  await splitHere(file, out);
  expect(hidden(), where).toEqual([]);
  expect(files.every((_, index) => isOf(made, index))).toBe(true);
}

describe.each([
  ['a new set', false],
  ['over another set', true],
])('%s', (_, force) => {
  test('killed before any file operation, half of a write done', async () => {
    const scene = await sceneOf(SMALL, force);
    let step = 0;
    for (let isDone = false; !isDone; ) {
      step += 1;
      scene.reset();
      const victim = victims.next();
      await victim.prepare({ ...scene.orders, dieAt: step });
      const { how } = await victim.run();
      expect(how).not.toBe('failed');
      isDone = how === 'done';
      await expectWhole(scene, `killed before operation ${step}`);
    }
    console.log(
      `split, ${force ? 'over another set' : 'a new set'}: killed before each of ${step - 1} file operations`,
    );
    expect(step).toBeGreaterThan(20);
  }, 600_000);

  test('killed at any moment', async () => {
    const scene = await sceneOf(LARGE, force);
    scene.reset();
    const timed = victims.next();
    await timed.prepare(scene.orders);
    const ending = await timed.run();
    if (ending.how !== 'done') throw new Error(JSON.stringify(ending));
    for (let run = 0; run < MOMENTS; run += 1) {
      scene.reset();
      const victim = victims.next();
      await victim.prepare(scene.orders);
      const moment = ((run + 0.5) / MOMENTS) * ending.milliseconds;
      expect((await victim.run(moment)).how).not.toBe('failed');
      await expectWhole(scene, `killed after ${moment.toFixed(2)} ms`);
    }
  }, 600_000);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s in the middle: exit code 130 and nothing left', async (signal) => {
  const folder = tempFolder();
  const bytes = new Uint8Array(2 ** 26);
  const model = [0, 1, 2, 3].reduce((all, i) => all.tensor(`t${i}`, 'I8', [bytes.length], { bytes }), gguf()).bytes();
  writeFileSync(path.join(folder, 'm.gguf'), model);
  const argv = [BINARY, 'split', 'm.gguf', 'out', '--max-tensors', '1'];
  const child = spawn(process.execPath, argv, { cwd: folder, stdio: 'ignore' });
  let isSent = false;
  const watcher = watch(folder, (_, name) => {
    if (!isSent && name?.startsWith('.out-00001-of-00004.gguf.ggufix-tmp-') === true) isSent = child.kill(signal);
  });
  const [exit] = await once(child, 'close');
  watcher.close();
  expect([isSent, exit, readdirSync(folder)]).toEqual([true, 130, ['m.gguf']]);
});
