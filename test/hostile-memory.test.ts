import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { type BuilderValue, type GgufBuilder, gguf } from './support/gguf-builder.js';
import { tempFolder } from './support/temp.js';

// The parser alone, in a process of its own: a peak can only be told of a whole process.
const CHILD = `
  const [parse, file, model] = process.argv.slice(1);
  const [{ readHeader }, { openFile }] = await Promise.all([import(parse), import(file)]);
  const source = await openFile(model);
  const { problems } = await readHeader(source);
  const peak = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ peak, codes: problems.map(({ code }) => code) }));
`;

interface Cost {
  readonly peak: number;
  readonly codes: readonly string[];
}

/** What parsing a sparse file of 1 TiB costs that begins with these bytes and goes on with zeros. */
function costOf(bytes: Uint8Array): Cost {
  const file = path.join(tempFolder(), 'huge.gguf');
  const handle = openSync(file, 'w');
  writeSync(handle, bytes);
  ftruncateSync(handle, 2 ** 40);
  closeSync(handle);
  const modules = ['dist/gguf/parse.js', 'dist/sources/file.js'].map((name) => pathToFileURL(path.resolve(name)).href);
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', CHILD, ...modules, file], {
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout);
}

const MIB = 2 ** 20;

const cases: Readonly<Record<string, () => Uint8Array>> = {
  'a key of 60 MiB': () =>
    gguf()
      .rawEntry(u64(60 * MIB))
      .bytes(),
  'a key of 100 MiB': () =>
    gguf()
      .rawEntry(u64(100 * MIB))
      .bytes(),
  'a tensor name of 100 MiB': () =>
    gguf()
      .rawInfo(u64(100 * MIB))
      .bytes(),
  'a string of 60 MiB': () => key({ typeId: 8, bytes: u64(60 * MIB) }),
  'a string of 120 MiB': () => key({ typeId: 8, bytes: u64(120 * MIB) }),
  'an array of 60 MiB': () => key({ type: 'array', itemType: 'uint8', items: [], count: BigInt(60 * MIB) }),
  'an array of 120 MiB': () => key({ type: 'array', itemType: 'uint8', items: [], count: BigInt(120 * MIB) }),
  'an array of 8 million strings': () => key({ type: 'array', itemType: 'string', items: [], count: 8_000_000n }),
  'an array of 10 million strings': () => key({ type: 'array', itemType: 'string', items: [], count: 10_000_000n }),
  'an array of 2^30 strings': () => key({ type: 'array', itemType: 'string', items: [], count: 2n ** 30n }),
  'an array of 10 million arrays': () => key(arrays(10_000_000)),
  'a billion keys': () =>
    gguf()
      .counts({ keys: 10n ** 9n })
      .bytes(),
  'a billion tensors': () =>
    gguf()
      .counts({ tensors: 10n ** 9n })
      .bytes(),
  '60,000 empty keys': () => gguf().counts({ keys: 60_000n }).bytes(),
  '60,000 keys': () => keys(60_000, 8),
  '60,000 tensors': () => tensors(60_000),
  '1000 keys of 60,000 bytes': () => keys(1000, 60_000),
};

test.each(Object.entries(cases))('%s in a file of 1 TiB cost under 200 MB', (_name, make) => {
  expect(costOf(make()).peak).toBeLessThan(200e6);
});

test('thousands of long keys that differ in their last byte only are no way to stall the parser', () => {
  // V8 hashes a string of 16,384 characters by its length alone: this took half a minute. What remains is milliseconds.
  expect(costOf(keys(600, 16_384)).codes).toEqual([]);
});

function key(value: BuilderValue): Uint8Array {
  return gguf().metadata('key', value).bytes();
}

function arrays(count: number): BuilderValue {
  return { typeId: 9, bytes: Buffer.concat([Uint8Array.of(9, 0, 0, 0), u64(count)]) };
}

/** One buffer instead of a builder's chain: `count` UINT8 keys of `length` digits. */
function keys(count: number, length: number): Uint8Array {
  const entries = Array.from({ length: count }, (_, index) =>
    Buffer.concat([u64(length), Buffer.from(`${index}`.padStart(length, '0')), Buffer.alloc(5)]),
  );
  return raw({ keys: count }, entries);
}

function tensors(count: number): Uint8Array {
  const infos = Array.from({ length: count }, (_, index) =>
    Buffer.concat([
      u64(63),
      Buffer.from(`${index}`.padStart(63, '0')),
      Uint8Array.of(1, 0, 0, 0),
      u64(1),
      Buffer.alloc(4),
      u64(32 * index),
    ]),
  );
  return raw({ tensors: count }, infos);
}

function raw(counts: { keys?: number; tensors?: number }, items: readonly Uint8Array[]): Uint8Array {
  const head: GgufBuilder = gguf().counts({ keys: BigInt(counts.keys ?? 0), tensors: BigInt(counts.tensors ?? 0) });
  return Buffer.concat([head.bytes(), ...items]);
}

function u64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
