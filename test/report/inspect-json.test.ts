import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseHeader, readHeader } from '../../src/gguf/parse.js';
import { inspectedFile } from '../../src/report/inspect-json.js';
import { inspectedFileSchema } from '../../src/report/schemas.js';
import { openFile } from '../../src/sources/file.js';
import { dataPath, describeWithData } from '../support/data.js';
import { type BuilderValue, type GgufBuilder, gguf } from '../support/gguf-builder.js';

const ALL = { keys: [], full: false } as const;

/** The file as a reader of the printed JSON gets it. */
function printed(file: GgufBuilder, options: Parameters<typeof inspectedFile>[2] = ALL) {
  const text = JSON.stringify(inspectedFile('m.gguf', parseHeader(file.bytes()), options));
  return inspectedFileSchema.parse(JSON.parse(text));
}

const metadataOf = (value: BuilderValue) => printed(gguf().metadata('k', value)).metadata['k'];

describe('inspectedFile', () => {
  test('has the shape of the contract', () => {
    const file = gguf()
      .metadata('general.architecture', { type: 'string', value: 'gemma3n' })
      .metadata('t', { type: 'array', itemType: 'string', items: ['<pad>', 'é'] })
      .tensor('a.weight', 'F32', [4])
      .tensor('b.weight', 'Q6_K', [256, 2]);
    const elements = Buffer.from('\x05\0\0\0\0\0\0\0<pad>\x02\0\0\0\0\0\0\0\xc3\xa9', 'latin1');
    expect(printed(file)).toEqual({
      source: 'm.gguf',
      bytes: file.bytes().byteLength,
      version: 3,
      endianness: 'little',
      alignment: 32,
      dataOffset: file.headerBytes().byteLength,
      metadata: {
        'general.architecture': { type: 'string', value: 'gemma3n' },
        t: {
          type: 'array',
          itemType: 'string',
          length: 2,
          sha256: createHash('sha256').update(elements).digest('hex'),
          preview: ['<pad>', 'é'],
        },
      },
      tensors: [
        { name: 'a.weight', type: 'F32', shape: [4], offset: 0, bytes: 16 },
        { name: 'b.weight', type: 'Q6_K', shape: [256, 2], offset: 32, bytes: 420 },
      ],
    });
  });

  test('numbers that JSON cannot hold are strings', () => {
    expect(metadataOf({ type: 'uint64', value: 2n ** 64n - 1n })).toEqual({
      type: 'uint64',
      value: '18446744073709551615',
    });
    expect(metadataOf({ type: 'int64', value: -(2n ** 53n) })).toEqual({ type: 'int64', value: '-9007199254740992' });
    expect(metadataOf({ type: 'uint64', value: 2n ** 53n - 1n })).toEqual({ type: 'uint64', value: 2 ** 53 - 1 });
    expect(metadataOf({ type: 'float32', value: Number.NaN })).toEqual({ type: 'float32', value: 'NaN' });
    expect(metadataOf({ type: 'array', itemType: 'float64', items: [1, Number.NEGATIVE_INFINITY] })).toMatchObject({
      preview: [1, '-Infinity'],
    });
    const huge = printed(gguf().tensor('t', 'I8', [2n ** 60n], { bytes: new Uint8Array(1) }));
    expect(huge.tensors[0]).toMatchObject({ shape: ['1152921504606846976'], bytes: '1152921504606846976' });
  });

  test('a long array shows its beginning, or all of it with full', () => {
    const items = Array.from({ length: 20 }, (_, i) => i);
    const file = gguf().metadata('k', { type: 'array', itemType: 'uint8', items });
    expect(printed(file).metadata['k']).toMatchObject({ length: 20, preview: items.slice(0, 8) });
    expect(printed(file).metadata['k']).not.toHaveProperty('values');
    expect(printed(file, { keys: [], full: true }).metadata['k']).toMatchObject({ values: items });
  });

  test('only the keys that are asked for', () => {
    const file = gguf().metadata('a.x', { type: 'bool', value: true }).metadata('b.x', { type: 'bool', value: false });
    expect(Object.keys(printed(file, { keys: ['b.*'], full: false }).metadata)).toEqual(['b.x']);
  });

  test('problems are listed, and of two equal keys the first is shown', () => {
    const file = gguf()
      .metadata('k', { type: 'uint8', value: 1 })
      .metadata('z', { type: 'uint8', value: 0 })
      .metadata('k', { type: 'uint8', value: 2 });
    expect(Object.entries(printed(file).metadata)).toEqual([
      ['k', { type: 'uint8', value: 1 }],
      ['z', { type: 'uint8', value: 0 }],
    ]);
    expect(printed(file).problems).toEqual([
      {
        code: 'key-duplicate',
        message: "key 'k' at offset 52 is there already at offset 24, expected once",
        place: { kind: 'metadata', name: 'k', offset: 52, length: 14 },
      },
    ]);
    expect(printed(gguf())).not.toHaveProperty('problems');
  });

  test('a tensor whose size cannot be known has bytes null', () => {
    expect(printed(gguf().tensor('t', 99, [8])).tensors[0]).toMatchObject({ type: 'type 99', bytes: null });
  });
});

describeWithData('inspectedFile of real and malformed files', () => {
  const folders = ['vocab', 'model', 'malformed', 'conformance'];

  test.each(folders)('everything in %s fits the schema', async (folder) => {
    const names = readdirSync(dataPath(folder)).filter((name) => name.endsWith('.gguf'));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      await using source = await openFile(dataPath(folder, name));
      const header = await readHeader(source);
      const text = JSON.stringify(inspectedFile(name, header, ALL));
      expect(inspectedFileSchema.safeParse(JSON.parse(text)).error?.message, name).toBeUndefined();
    }
  });
});
