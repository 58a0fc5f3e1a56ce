import { describe, expect, test } from 'vitest';
import { keyType } from '../../../src/checks/metadata/key-type.js';
import { testRule } from '../rule-test.js';
import { type Difference, expectFixed, f32, findingsIn, text, u32, u32s, wholeModel } from './whole-model.js';

describe('metadata/key-type', () => {
  testRule(keyType, [
    {
      title: 'a wide integer',
      bytes: wholeModel({ keys: { '*.block_count': { type: 'uint64', value: 1n } } }),
      message: /^'llama.block_count' is uint64, expected uint32: llama.cpp refuses/,
    },
    {
      title: 'a float',
      bytes: wholeModel({ keys: { '*.attention.head_count': f32(4) } }),
      message: /is float32, expected uint32 or array of int32 or array of uint32/,
    },
    {
      title: 'a number for a flag',
      bytes: wholeModel({ keys: { 'tokenizer.ggml.add_bos_token': { type: 'uint8', value: 1 } } }),
      message: /is uint8, expected bool/,
    },
    {
      title: 'an array of wide integers',
      bytes: wholeModel({ keys: { '*.feed_forward_length': { type: 'array', itemType: 'uint64', items: [96n] } } }),
      message: /is array of uint64/,
    },
    {
      title: 'a number for a name',
      bytes: wholeModel({ keys: { 'general.name': u32(1) } }),
      message: /is uint32, expected string/,
    },
    {
      title: 'a key of gemma4 only',
      bytes: wholeModel({ architecture: 'gemma4', keys: { '*.final_logit_softcapping': u32(30) } }),
      message: /is uint32, expected float32: llama.cpp refuses/,
    },
  ]);

  test.each<Difference>([
    {},
    { keys: { 'unknown.key': u32(1), 'other.block_count': f32(1) } },
    { keys: { '*.attention.head_count': u32s(4) } },
    { keys: { 'general.type': text('adapter'), '*.block_count': f32(1) } },
  ])('accepts %#', (difference) => {
    expect(findingsIn(keyType, difference)).toEqual([]);
  });

  test('its fix is safe and changes llama.block_count only', () => {
    expectFixed(keyType, { keys: { '*.block_count': { type: 'uint64', value: 1n } } }, 'safe', ['llama.block_count']);
  });

  test('its fix is safe and changes tokenizer.ggml.add_bos_token only', () => {
    expectFixed(keyType, { keys: { 'tokenizer.ggml.add_bos_token': { type: 'uint8', value: 1 } } }, 'safe', [
      'tokenizer.ggml.add_bos_token',
    ]);
  });

  test('its fix is safe and changes llama.feed_forward_length only', () => {
    expectFixed(
      keyType,
      { keys: { '*.feed_forward_length': { type: 'array', itemType: 'uint64', items: [96n] } } },
      'safe',
      ['llama.feed_forward_length'],
    );
  });

  test('its fix is unsafe and changes llama.attention.layer_norm_rms_epsilon only', () => {
    expectFixed(
      keyType,
      { keys: { '*.attention.layer_norm_rms_epsilon': { type: 'float64', value: 1e-5 } } },
      'unsafe',
      ['llama.attention.layer_norm_rms_epsilon'],
    );
  });

  test.each([f32(1.5), f32(Number.NaN), text('1'), { type: 'int32', value: -1 } as const])('%o has no fix', (value) => {
    const [finding] = findingsIn(keyType, { keys: { '*.block_count': value } });
    expect(finding).toBeDefined();
    expect(finding!.fix).toBeUndefined();
  });

  test('a key that llama.cpp does not read for the architecture is a warning', () => {
    expect(
      findingsIn(keyType, { keys: { '*.final_logit_softcapping': u32(30), 'general.author': u32(1) } }),
    ).toMatchObject([{ severity: 'warning' }, { severity: 'warning' }]);
    const size = { keys: { '*.vocab_size': { type: 'uint64', value: 8n } } } as const;
    expect(findingsIn(keyType, size)).toMatchObject([{ severity: 'error' }]);
    expect(findingsIn(keyType, { ...size, architecture: 'qwen3' })).toMatchObject([{ severity: 'warning' }]);
  });
});
