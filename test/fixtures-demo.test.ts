import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEMO_PATH } from '../fixtures/generate.js';
import { VOCABULARY } from '../fixtures/generator/demo/tokenizer.js';
import { findEntry, findTensor, type Header, type MetadataEntry, tensorExtent } from '../src/gguf/model.js';
import { parseHeader, readHeader } from '../src/gguf/parse.js';
import type { TensorTypeName } from '../src/gguf/tensor-types.js';
import { arrayItems, scalarValue } from '../src/gguf/values.js';
import { openFile } from '../src/sources/file.js';
import { DEQUANTIZE, type DequantizableType, isDequantizable } from '../src/tensors/kernels/index.js';
import { dataPath, describeWithData } from './support/data.js';

const bytes = readFileSync(path.join('fixtures', DEMO_PATH));
const header = parseHeader(bytes);
const layers = Number(scalarOf('gemma3n.block_count'));

describe('demo model', () => {
  test('its container is sound and it fits into a package', () => {
    expect(header.problems).toEqual([]);
    expect(bytes.byteLength).toBeLessThan(4 * 2 ** 20);
  });

  test('it has both documented defects', () => {
    expect(findEntry(header, 'gemma3n.attention.shared_kv_layers')?.type).toBe('float32');
    expect(scalarOf('gemma3n.attention.shared_kv_layers')).toBe(layers - 20);
    expect(findTensor(header, 'per_layer_token_embd.weight')).toMatchObject({
      type: 'Q4_K',
      dims: [BigInt(256 * layers), BigInt(VOCABULARY.length)],
    });
  });

  test('activations are sparse in ten layers and every fifth layer sees the whole context', () => {
    const sparsity = itemsOf('gemma3n.activation_sparsity_scale');
    expect(sparsity.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 1.6448533535003662));
    expect(sparsity.slice(10)).toEqual(Array.from({ length: layers - 10 }, () => -Infinity));
    const isLocal = Array.from({ length: layers }, (_, layer) => layer % 5 !== 4);
    expect(itemsOf('gemma3n.attention.sliding_window_pattern')).toEqual(isLocal);
  });

  test('its tokenizer has one text per id and the special tokens at their ids', () => {
    const tokens = itemsOf('tokenizer.ggml.tokens');
    expect(new Set(tokens).size).toBe(VOCABULARY.length);
    expect(itemsOf('tokenizer.ggml.scores').length).toBe(VOCABULARY.length);
    expect(itemsOf('tokenizer.ggml.token_type').slice(0, 7)).toEqual([3, 3, 3, 3, 3, 4, 3]);
    expect(tokens[Number(scalarOf('tokenizer.ggml.bos_token_id'))]).toBe('<bos>');
    expect(tokens[Number(scalarOf('tokenizer.ggml.eos_token_id'))]).toBe('<end_of_turn>');
    expect(tokens[105]).toBe('<start_of_turn>');
  });

  test('its tensor types are counted as in a published Q4_K_M', () => {
    // 12 norms and coefficients a layer and 2 more; 3 a layer and 3 more are kept in F16; the rest is quantized.
    const count = (...types: TensorTypeName[]): number =>
      header.tensors.filter(({ type }) => type !== undefined && types.includes(type)).length;
    expect(header.tensors.length).toBe(24 * layers + 7);
    expect(count('F32')).toBe(12 * layers + 2);
    expect(count('F16')).toBe(3 * layers + 3);
    expect(count('Q4_K', 'Q5_0', 'Q6_K', 'Q8_0')).toBe(9 * layers + 2);
  });

  test('every weight is finite, of a plausible size and not constant', () => {
    for (const tensor of header.tensors) {
      const weights = weightsOf(tensor);
      const largest = weights.reduce((max, weight) => Math.max(max, Math.abs(weight)), 0);
      expect(largest, tensor.name).toBeGreaterThan(0.05);
      expect(largest, tensor.name).toBeLessThan(2);
      expect(new Set(weights).size, tensor.name).toBeGreaterThan(1);
    }
  });
});

describeWithData('demo model beside a trained one', () => {
  test('the keys of architecture and tokenizer are the same, in the same order and types', async () => {
    await using source = await openFile(dataPath('model', 'tiny-gemma3n-BF16.gguf'));
    const trained = await readHeader(source);
    const defect = 'gemma3n.attention.shared_kv_layers';
    const typed = ({ metadata }: Header): string[] =>
      metadata
        .filter(({ key }) => /^(gemma3n|tokenizer)\./.test(key) && key !== defect)
        .map(({ key, type, itemType }: MetadataEntry) => `${key} ${type} ${itemType ?? ''}`);
    // The trained one was made by a newer converter, which writes one key more.
    expect(typed(header)).toEqual(typed(trained).filter((line) => !line.startsWith('gemma3n.rope.freq_base_swa ')));
  });

  test('the tensors of a layer are the same, in the same order', async () => {
    await using source = await openFile(dataPath('model', 'tiny-gemma3n-BF16.gguf'));
    const trained = await readHeader(source);
    const count = header.tensors.length;
    expect(header.tensors.map(({ name }) => name)).toEqual(trained.tensors.slice(0, count).map(({ name }) => name));
  });
});

function scalarOf(key: string): unknown {
  const entry = findEntry(header, key);
  return entry === undefined ? undefined : scalarValue(entry);
}

function itemsOf(key: string): unknown[] {
  const entry = findEntry(header, key);
  return entry === undefined ? [] : [...arrayItems(entry)];
}

function weightsOf(tensor: Header['tensors'][number]): Float32Array {
  const extent = tensorExtent(header, tensor);
  const type: TensorTypeName = tensor.type ?? 'I8';
  if (extent === undefined || !isDequantizable(type)) throw new Error(`no weights in ${tensor.name}`);
  const weights = new Float32Array(tensor.dims.reduce((product, dim) => product * Number(dim), 1));
  dequantize(type, bytes.subarray(extent.offset, extent.offset + extent.length), weights);
  return weights;
}

function dequantize(type: DequantizableType, blocks: Uint8Array, weights: Float32Array): void {
  DEQUANTIZE[type](blocks, weights);
}
