import { describe, expect, test } from 'vitest';
import type { TypedValue } from '../../../src/gguf/encode-value.js';
import { is70B, modelShape } from '../../../src/quantizer/recipes/model-shape.js';
import { bareHeader, f32, text, u32 } from './support/header-only.js';
import { gemma3n, llama } from './support/shapes.js';

/** The shape of a llama with further keys; a later value of one key replaces an earlier one. */
function shapeWith(...keys: readonly (readonly [string, TypedValue])[]) {
  const { metadata, tensors } = llama({ layers: 4 });
  return modelShape(bareHeader({ metadata: [...new Map([...metadata, ...keys])], tensors }));
}

test('Gemma 3n: the layers after the 20th share keys and values', () => {
  const shape = modelShape(bareHeader(gemma3n('E4B')));
  expect(shape).toEqual({
    architecture: 'gemma3n',
    layers: 35,
    depth: 35,
    firstSharedLayer: 20,
    experts: 0,
    isTied: true,
    headsPerKv: 4,
  });
});

test('Gemma 3n in a file with the float of old converters, or a wrong number: llama.cpp reads neither', () => {
  for (const value of [f32(15), u32(3)]) {
    const { metadata, tensors } = gemma3n('E4B');
    const key = 'gemma3n.attention.shared_kv_layers';
    const header = bareHeader({ metadata: [...metadata.filter(([name]) => name !== key), [key, value]], tensors });
    expect(modelShape(header).firstSharedLayer).toBe(20);
  }
});

test('a mixture of experts, not tied', () => {
  expect(modelShape(bareHeader(llama({ layers: 4, kvHeads: 2, experts: 8 })))).toEqual({
    architecture: 'llama',
    layers: 4,
    depth: 4,
    firstSharedLayer: 4,
    experts: 8,
    isTied: false,
    headsPerKv: 4,
  });
});

test('other architectures name the number of layers that share', () => {
  expect(shapeWith(['llama.attention.shared_kv_layers', u32(1)]).firstSharedLayer).toBe(3);
});

test('layers that predict are at the end', () => {
  expect(shapeWith(['llama.nextn_predict_layers', u32(1)])).toMatchObject({ layers: 4, depth: 3, firstSharedLayer: 3 });
});

test('heads that differ from layer to layer count as in the first, and as many as heads where none are named', () => {
  const perLayer: TypedValue = { type: 'array', itemType: 'uint32', items: [8, 2, 2, 2] };
  expect(shapeWith(['llama.attention.head_count_kv', perLayer]).headsPerKv).toBe(1);
  const { metadata, tensors } = llama({ layers: 1, kvHeads: 1 });
  const without = metadata.filter(([key]) => key !== 'llama.attention.head_count_kv');
  expect(modelShape(bareHeader({ metadata: without, tensors })).headsPerKv).toBe(1);
});

describe('absurd values count as none', () => {
  test.each<[string, TypedValue]>([
    ['llama.nextn_predict_layers', u32(4)],
    ['llama.nextn_predict_layers', { type: 'int32', value: -1 }],
    ['llama.attention.shared_kv_layers', text('all')],
    ['llama.attention.shared_kv_layers', f32(0.5)],
    ['llama.expert_count', { type: 'int32', value: -8 }],
  ])('%s %j', (key, value) => {
    expect(shapeWith([key, value])).toMatchObject({ layers: 4, depth: 4, firstSharedLayer: 4, experts: 0 });
  });

  test('more layers that share than there are', () => {
    expect(shapeWith(['llama.attention.shared_kv_layers', u32(9)]).firstSharedLayer).toBe(0);
  });

  test('no heads of keys and values', () => {
    expect(shapeWith(['llama.attention.head_count_kv', u32(0)]).headsPerKv).toBe(0);
  });
});

test('layers are counted where no key names them', () => {
  const { tensors } = llama({ layers: 7 });
  expect(modelShape(bareHeader({ metadata: [], tensors }))).toMatchObject({ architecture: undefined, layers: 7 });
});

test('a 70B is one by architecture and layers', () => {
  const shape = modelShape(bareHeader(llama({ layers: 1, kvHeads: 1 })));
  expect(is70B({ ...shape, layers: 80 })).toBe(true);
  expect(is70B({ ...shape, layers: 80, headsPerKv: 1 })).toBe(false);
  expect(is70B({ ...shape, layers: 80, experts: 8 })).toBe(false);
  expect(is70B({ ...shape, architecture: 'qwen2', layers: 80, headsPerKv: 1 })).toBe(true);
  expect(is70B({ ...shape, architecture: 'jais2', layers: 68 })).toBe(true);
  expect(is70B({ ...shape, architecture: undefined, layers: 80 })).toBe(false);
});
