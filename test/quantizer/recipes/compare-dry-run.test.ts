import { expect, test } from 'vitest';
import { compareDryRun, parseDryRun } from '../../../src/quantizer/recipes/compare-dry-run.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { bareHeader } from './support/header-only.js';
import { llama } from './support/shapes.js';

/** Lines of llama-quantize 0.7.0. */
const LOG = `
llama_model_loader: - type  f16:   10 tensors
llama_tensor_get_type: blk.0.ffn_down.weight                - applying manual override: q4_K -> q8_0
[   1/ 607] output_norm.weight                   - [   256,      1,      1,      1], type =    f32, size =    0.001 MiB
[   2/ 607] per_layer_token_embd.weight          - [  6400,   1280,      1,      1], type =   bf16, size =    15.62 MiB ->     6.41 MiB (q6_K)
[   3/ 607] a name of more than thirty-six characters.weight - [   256,      2,      1,      1], type =   bf16, size =     0.12 MiB ->     0.04 MiB (iq2_xxs)
[1001/1607] x - [ 1, 2] - [   256,      2,      1,      1], type =    f16, size =     0.12 MiB ->     0.04 MiB (q4_0)
[   5/ 607] of.another.type                      - [   256,      1,      1,      1], type =    xyz, size =    0.001 MiB
llama_model_quantize_impl: quant size  =    22.56 MiB (6.42 BPW)
`;

test('what a dry run says of each tensor', () => {
  expect([...parseDryRun(LOG)]).toEqual([
    ['output_norm.weight', 'F32'],
    ['per_layer_token_embd.weight', 'Q6_K'],
    ['a name of more than thirty-six characters.weight', 'IQ2_XXS'],
    ['x - [ 1, 2]', 'Q4_0'],
  ]);
});

test('lines without end take no time', () => {
  const start = performance.now();
  const hostile = ['[ 1/ 2] ', ' - [', ' '].map((part) => part.repeat(200_000)).join('');
  expect(parseDryRun(`[   1/ 607] ${hostile}\n[   1/ 607] ${' - [1], type = '.repeat(20)}`).size).toBe(0);
  expect(performance.now() - start).toBeLessThan(5000);
});

test('tensors that it makes otherwise, or does not name', () => {
  const resolved = resolveStock('Q8_0', bareHeader(llama({ layers: 1, isTied: true })));
  const found = new Map(resolved.choices.map(({ tensor, type }) => [tensor.name, type]));
  expect(compareDryRun(resolved, found)).toEqual([]);
  found.set('token_embd.weight', 'Q6_K');
  found.delete('blk.0.attn_q.weight');
  expect(compareDryRun(resolved, found)).toEqual([
    { name: 'token_embd.weight', expected: 'Q8_0', found: 'Q6_K' },
    { name: 'blk.0.attn_q.weight', expected: 'Q8_0', found: undefined },
  ]);
});
