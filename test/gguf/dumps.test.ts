import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { reencode } from '../../src/gguf/encode.js';
import { type Header, type MetadataEntry, tensorExtent } from '../../src/gguf/model.js';
import { readHeader } from '../../src/gguf/parse.js';
import { VALUE_TYPES } from '../../src/gguf/value-types.js';
import { arrayItems, scalarValue, valueBytes } from '../../src/gguf/values.js';
import { openFile } from '../../src/sources/file.js';
import { dataFolder, dataPath, describeWithData } from '../support/data.js';

interface DumpedKey {
  readonly key: string;
  readonly type: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly value?: number | string | boolean;
  readonly text?: string;
  readonly element_type?: number;
  readonly count?: number;
}

interface Dump {
  readonly version: number;
  readonly alignment: number;
  readonly header_end: number;
  readonly data_offset: number;
  readonly kv: readonly DumpedKey[];
  readonly tensors: readonly {
    name: string;
    type: number;
    dims: number[];
    offset: number;
    bytes: number;
    sha256: string;
  }[];
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function dumpedEntry(entry: MetadataEntry): DumpedKey {
  const bytes = valueBytes(entry);
  const common = { key: entry.key, type: VALUE_TYPES[entry.type].id, bytes: bytes.byteLength, sha256: sha256(bytes) };
  if (entry.itemType !== undefined) {
    return { ...common, element_type: VALUE_TYPES[entry.itemType].id, count: entry.count ?? -1 };
  }
  const value = scalarValue(entry);
  if (typeof value === 'string') return Buffer.byteLength(value) <= 200 ? { ...common, text: value } : common;
  return { ...common, value: typeof value === 'bigint' ? `${value}` : value };
}

const folders = ['vocab', 'model'];
const dumps =
  dataFolder === undefined
    ? []
    : folders.flatMap((folder) => readdirSync(dataPath(folder, 'dumps')).map((name) => ({ folder, name })));

describeWithData('dumps of real files', () => {
  test.each(dumps)('$folder/$name', async ({ folder, name }) => {
    const dump: Dump = JSON.parse(readFileSync(dataPath(folder, 'dumps', name), 'utf8'));
    const file = dataPath(folder, `${path.basename(name, '.json').replace(/\.gguf$/, '')}.gguf`);
    await using source = await openFile(file);
    const header: Header = await readHeader(source);
    expect(header.problems).toEqual([]);
    expect({
      version: header.version,
      alignment: header.alignment,
      header_end: header.infoEnd,
      data_offset: header.dataOffset,
    }).toEqual({
      version: dump.version,
      alignment: dump.alignment,
      header_end: dump.header_end,
      data_offset: dump.data_offset,
    });
    const known = ['key', 'type', 'bytes', 'sha256', 'value', 'text', 'element_type', 'count'];
    const comparable = (entry: object): object =>
      Object.fromEntries(Object.entries(entry).filter(([field]) => known.includes(field)));
    expect(header.metadata.map(dumpedEntry)).toEqual(dump.kv.map(comparable));
    const tensors = [];
    for (const tensor of header.tensors) {
      const extent = tensorExtent(header, tensor);
      if (extent === undefined) throw new Error(`${tensor.name} is not in the file`);
      tensors.push({
        name: tensor.name,
        type: tensor.typeId,
        dims: tensor.dims.map(Number),
        offset: Number(tensor.dataOffset),
        bytes: extent.length,
        sha256: sha256(await source.read(extent.offset, extent.length)),
      });
    }
    expect(tensors).toEqual(
      dump.tensors.map(({ name, type, dims, offset, bytes, sha256: hash }) => ({
        name,
        type,
        dims,
        offset,
        bytes,
        sha256: hash,
      })),
    );
    expect(Buffer.compare(reencode(header), await source.read(0, header.dataOffset))).toBe(0);
    for (const entry of header.metadata) {
      if (entry.itemType !== undefined) expect([...arrayItems(entry)].length).toBe(entry.count);
    }
  });
});
