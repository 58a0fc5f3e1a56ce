import { expect, test } from 'vitest';
import { ggmlTypeName, parseTargetType, TARGET_TYPES } from '../../../src/quantizer/recipes/target-types.js';

test('types that llama-quantize dies of are none', () => {
  const deadly = ['i8', 'I16', 'i32', 'i64', 'f64', 'q8_1', 'q8_K'];
  expect(deadly.map(parseTargetType)).toEqual(deadly.map(() => undefined));
  expect(['q4_k', 'Q4_K', 'bf16', 'Mxfp4', 'q4_K_M', ''].map(parseTargetType)).toEqual([
    ...['Q4_K', 'Q4_K', 'BF16', 'MXFP4', undefined, undefined],
  ]);
});

test('are spelled as ggml does', () => {
  expect(TARGET_TYPES.map(ggmlTypeName)).toEqual([
    ...['f32', 'f16', 'q4_0', 'q4_1', 'q5_0', 'q5_1', 'q8_0', 'q2_K', 'q3_K', 'q4_K', 'q5_K', 'q6_K', 'iq2_xxs'],
    ...['iq2_xs', 'iq3_xxs', 'iq1_s', 'iq4_nl', 'iq3_s', 'iq2_s', 'iq4_xs', 'iq1_m', 'bf16', 'tq1_0', 'tq2_0'],
    ...['mxfp4', 'nvfp4', 'q1_0', 'q2_0'],
  ]);
});
