import { expect, test } from 'vitest';
import { MAX_MANIFEST_LABEL } from '../../../src/limits.js';
import { outputOf } from './support/parse.js';

const PLAIN = { tensors: [], imatrix: true, evaluate: true, allowRequantize: false, set: {} };

test.each([
  ['Q4_K_M', { kind: 'type', name: 'Q4_K_M', asIs: false }, 'Q4_K_M'],
  ['q4_k', { kind: 'type', name: 'Q4_K_M', asIs: false }, 'Q4_K_M'],
  ['{type: q6_k, asIs: true}', { kind: 'type', name: 'Q6_K', asIs: true }, 'Q6_K'],
  ['ud-q4_k_xl', { kind: 'recipe', name: 'UD-Q4_K_XL' }, 'UD-Q4_K_XL'],
  ['{recipe: UD-Q2_K_XL}', { kind: 'recipe', name: 'UD-Q2_K_XL' }, 'UD-Q2_K_XL'],
  ['{recipe: Q4_K_M}', { kind: 'recipe', name: 'Q4_K_M' }, 'Q4_K_M'],
  ['{recipe: sub/my.recipe.yaml}', { kind: 'recipe', name: 'sub/my.recipe.yaml' }, 'my.recipe'],
  ['{recipe: x.yaml, label: mine}', { kind: 'recipe', name: 'x.yaml' }, 'mine'],
  ['{like: a/b-UD-Q4_K_XL.gguf}', { kind: 'like', source: 'a/b-UD-Q4_K_XL.gguf' }, 'UD-Q4_K_XL'],
  ['{like: other.gguf}', { kind: 'like', source: 'other.gguf' }, 'other'],
  ['{size: 4.2 GiB}', { kind: 'size', bytes: Math.floor(4.2 * 2 ** 30) }, '4.2GiB'],
  ['{size: 1000000}', { kind: 'size', bytes: 1e6 }, '1000000'],
  ['{bpw: 4.5}', { kind: 'bpw', bpw: 4.5 }, '4.5bpw'],
])('%s', (text, making, label) => {
  expect(outputOf(text)).toEqual({ ...PLAIN, making, label });
});

test('what keeps a file as it is has nothing that an imatrix is for', () => {
  expect(outputOf('fix')).toEqual({
    ...PLAIN,
    making: { kind: 'fix', allow: 'safe', inPlace: false },
    label: 'fixed',
    imatrix: false,
    evaluate: false,
  });
  expect(outputOf('{requantize: {per_layer_token_embd.weight: q8_0, "a*": F16}}')).toEqual({
    ...PLAIN,
    making: { kind: 'requantize' },
    label: 'requantized',
    imatrix: false,
    tensors: [
      { pattern: 'per_layer_token_embd.weight', type: 'Q8_0' },
      { pattern: 'a*', type: 'F16' },
    ],
  });
});

test('all that an output can say', () => {
  const text = `{type: Q4_K_M, label: small, name: 'x/{label}', tensors: {output.weight: q8_0}, imatrix: false,
    evaluate: false, allowRequantize: true, split: 45GiB, set: {a: 1}, existing: keep}`;
  expect(outputOf(text)).toEqual({
    making: { kind: 'type', name: 'Q4_K_M', asIs: false },
    label: 'small',
    name: 'x/{label}',
    tensors: [{ pattern: 'output.weight', type: 'Q8_0' }],
    imatrix: false,
    evaluate: false,
    allowRequantize: true,
    splitSize: 45 * 2 ** 30,
    set: { a: 1 },
    existing: 'keep',
  });
});

test('a default label is safe in a name, and not too long', () => {
  expect(outputOf('{recipe: "a/con.yaml"}').label).toBe('_con');
  expect(outputOf('{recipe: "a/b:c.yaml"}').label).toBe('b_c');
  expect(outputOf(`{like: ${'x'.repeat(300)}.gguf}`).label).toHaveLength(MAX_MANIFEST_LABEL);
});
