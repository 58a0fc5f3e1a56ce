import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { companionsOf } from '../../../src/edit/companions.js';
import { withLock } from '../../../src/edit/lock.js';
import { planSplit } from '../../../src/edit/split/plan-split.js';
import { splitFile } from '../../../src/edit/split/split-file.js';
import { findTensor, type Header, tensorExtent } from '../../../src/gguf/model.js';
import { parseHeader, readHeader } from '../../../src/gguf/parse.js';
import { type FileSource, openFile } from '../../../src/sources/file.js';
import { createPool, type WorkerPool } from '../../../src/tensors/pool.js';
import { smallModel } from '../../support/models.js';
import { tempFile } from '../../support/temp.js';

const openPool = async (): Promise<WorkerPool> => createPool({ threads: 0 });

interface Options {
  readonly file?: string;
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (bytes: number) => void;
  /** Done between planning and writing. */
  readonly meanwhile?: (source: FileSource) => void;
}

/** Splits a small model into three shards that are called `out`, beside it. */
async function split({ file = modelFile(), force = false, meanwhile, ...context }: Options = {}) {
  await using source = await openFile(file);
  const plan = planSplit(await readHeader(source), { maxTensors: 2 });
  meanwhile?.(source);
  const folder = path.dirname(file);
  const files = await splitFile(source, path.join(folder, 'out'), { plan, force }, { openPool, ...context });
  return { plan, files, folder };
}

const modelFile = (): string => tempFile(smallModel().bytes());
const NAMES = [1, 2, 3].map((number) => `out-0000${number}-of-00003.gguf`);

function dataOf(bytes: Buffer, header: Header, name: string): Buffer {
  const tensor = findTensor(header, name);
  const extent = tensor === undefined ? undefined : tensorExtent(header, tensor);
  if (extent === undefined) throw new Error(`no tensor ${name}`);
  return bytes.subarray(extent.offset, extent.offset + extent.length);
}

test('every tensor has its bytes, every file the size that was planned, and the source stays', async () => {
  const file = modelFile();
  const { plan, files, folder } = await split({ file });
  expect(files.map((each) => path.basename(each))).toEqual(NAMES);
  expect(readdirSync(folder).sort()).toEqual(['model.gguf', ...NAMES]);
  const source = readFileSync(file);
  expect(source.equals(smallModel().bytes())).toBe(true);
  const whole = parseHeader(source);
  const shards = files.map((each) => readFileSync(each));
  expect(shards.map(({ byteLength }) => byteLength)).toEqual(plan.shards.map((shard) => shard.plan.newSize));
  const seen = shards.flatMap((bytes) => {
    const header = parseHeader(bytes);
    expect(header.problems).toEqual([]);
    for (const { name } of header.tensors)
      expect(dataOf(bytes, header, name).equals(dataOf(source, whole, name)), name).toBe(true);
    return header.tensors.map(({ name }) => name);
  });
  expect(seen).toEqual(whole.tensors.map(({ name }) => name));
});

test('padding is zero, whatever the source has there', async () => {
  const dirty = await split({ file: tempFile(smallModel().paddingByte(0xaa).bytes()) });
  const clean = await split();
  for (const [index, file] of dirty.files.entries())
    expect(readFileSync(file).equals(readFileSync(clean.files[index] ?? ''))).toBe(true);
});

test('the bytes that progress tells of are those that are written, padding apart', async () => {
  let bytes = 0;
  const { plan } = await split({
    onProgress: (more) => {
      bytes += more;
    },
  });
  expect(bytes).toBeLessThanOrEqual(plan.bytes);
  expect(bytes).toBeGreaterThan(plan.bytes - 3 * 32 - 5 * 32);
});

test.skipIf(process.platform === 'win32')('shards are readable by whom the model is, and may be written', async () => {
  const file = modelFile();
  chmodSync(file, 0o440);
  const { files } = await split({ file });
  for (const each of files) expect(statSync(each).mode & 0o777).toBe(0o640);
});

test('a shard that is there already is kept, all of them are looked at first, and with force they are replaced', async () => {
  const file = modelFile();
  const taken = path.join(path.dirname(file), NAMES[2] ?? '');
  writeFileSync(taken, 'old');
  await expect(split({ file })).rejects.toMatchObject({ code: 'not-writable' });
  expect(readFileSync(taken, 'utf8')).toBe('old');
  expect(readdirSync(path.dirname(file)).sort()).toEqual(['model.gguf', NAMES[2]]);
  const { files } = await split({ file, force: true });
  expect(statSync(files[2] ?? '').size).toBeGreaterThan(3);
});

test('a shard that appears meanwhile is kept, and no other stays', async () => {
  const file = modelFile();
  const taken = path.join(path.dirname(file), NAMES[0] ?? '');
  const late = split({ file, onProgress: () => writeFileSync(taken, 'theirs') });
  await expect(late).rejects.toThrow('it exists already');
  expect(readdirSync(path.dirname(file)).sort()).toEqual(['model.gguf', NAMES[0]]);
});

test('the source is not replaced, by no name that it has', async () => {
  const file = modelFile();
  linkSync(file, path.join(path.dirname(file), NAMES[1] ?? ''));
  await expect(split({ file, force: true })).rejects.toThrow('of which it is made');
});

test('what is being written by somebody else is left to them', async () => {
  const file = modelFile();
  const first = path.join(path.dirname(file), NAMES[0] ?? '');
  await withLock(companionsOf(first).lock, first, async () => {
    await expect(split({ file })).rejects.toMatchObject({ code: 'locked' });
  });
});

test('a source in between two states, or that changed since it was planned, is refused', async () => {
  const file = modelFile();
  writeFileSync(companionsOf(file).journal, '');
  await expect(split({ file })).rejects.toMatchObject({ code: 'journal-present' });
  const other = modelFile();
  const changed = split({ file: other, meanwhile: () => utimesSync(other, 1, 1) });
  await expect(changed).rejects.toMatchObject({ code: 'file-changed' });
  expect(readdirSync(path.dirname(other))).toEqual(['model.gguf']);
});

test('stopped before, during and at the end of the work, it leaves nothing', async () => {
  for (const calls of [0, 1, 6]) {
    const file = modelFile();
    const stop = new AbortController();
    let seen = 0;
    if (calls === 0) stop.abort();
    const onProgress = (): void => {
      seen += 1;
      if (seen === calls) stop.abort();
    };
    await expect(split({ file, signal: stop.signal, onProgress })).rejects.toMatchObject({ code: 'aborted' });
    expect(readdirSync(path.dirname(file))).toEqual(['model.gguf']);
  }
});

test('what a killed run left goes', async () => {
  const file = modelFile();
  const { temp } = companionsOf(path.join(path.dirname(file), NAMES[0] ?? ''));
  mkdirSync(`${temp}-killed`);
  const { folder } = await split({ file });
  expect(readdirSync(folder).sort()).toEqual(['model.gguf', ...NAMES]);
});
