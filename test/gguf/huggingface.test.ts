import { GGMLFileQuantizationType, GGMLQuantizationType, GGUFValueType, gguf as parse } from '@huggingface/gguf';
import { expect, test } from 'vitest';
import { fileTypeName } from '../../src/gguf/file-types.js';
import { readHeader } from '../../src/gguf/parse.js';
import { REMOVED_TENSOR_TYPES, TENSOR_TYPES, tensorTypeById } from '../../src/gguf/tensor-types.js';
import { VALUE_TYPES, valueTypeById } from '../../src/gguf/value-types.js';
import { scalarValue } from '../../src/gguf/values.js';
import { openFile } from '../../src/sources/file.js';
import { dataPath, describeWithData } from '../support/data.js';

/** The members of a TypeScript enum of numbers, by name. */
function members(of: object): [string, number][] {
  return Object.entries(of).filter((member): member is [string, number] => typeof member[1] === 'number');
}

test('tensor types have the names and ids of @huggingface/gguf', () => {
  for (const [name, id] of members(GGMLQuantizationType)) {
    const isRemoved = Object.values(REMOVED_TENSOR_TYPES).some((removed) => removed.id === id);
    expect(tensorTypeById(id), name).toBe(isRemoved ? undefined : name);
  }
  expect(members(GGMLQuantizationType).length).toBeGreaterThanOrEqual(Object.keys(TENSOR_TYPES).length);
});

test('value types have the same ids', () => {
  const ours = members(GGUFValueType).map(([, id]) => valueTypeById(id));
  expect(ours).not.toContain(undefined);
  expect(ours.length).toBe(Object.keys(VALUE_TYPES).length);
});

test('file types have the same names', () => {
  // From 1000 on it has labels of its own, which no file holds.
  const stored = members(GGMLFileQuantizationType).filter(([, id]) => id < 1000);
  expect(stored.length).toBeGreaterThan(30);
  for (const [name, id] of stored) {
    const ours = fileTypeName(id);
    if (ours !== undefined && !ours.includes('removed')) expect(ours.replace(/^MOSTLY_|^ALL_/, ''), name).toBe(name);
  }
});

describeWithData('real files', () => {
  test.each([
    ['vocab', 'ggml-vocab-llama-spm.gguf'],
    ['vocab', 'ggml-vocab-qwen2.gguf'],
    ['model', 'stories260K.gguf'],
  ])('%s/%s reads as with @huggingface/gguf', async (folder, name) => {
    const file = dataPath(folder, name);
    const theirs = await parse(file, { allowLocalFile: true });
    await using source = await openFile(file);
    const header = await readHeader(source);
    expect(BigInt(header.dataOffset) >= theirs.tensorDataOffset || header.tensors.length === 0).toBe(true);
    expect(
      header.tensors.map(({ name: tensor, dims, typeId, dataOffset }) => [tensor, dims, typeId, dataOffset]),
    ).toEqual(theirs.tensorInfos.map(({ name: tensor, shape, dtype, offset }) => [tensor, shape, dtype, offset]));
    const metadata: Readonly<Record<string, unknown>> = { ...theirs.metadata };
    for (const entry of header.metadata) {
      if (entry.type === 'array') expect(metadata[entry.key], entry.key).toHaveLength(entry.count ?? -1);
      else expect(scalarValue(entry), entry.key).toEqual(metadata[entry.key]);
    }
  });
});
