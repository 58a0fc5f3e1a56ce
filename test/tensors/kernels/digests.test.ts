import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { DEQUANTIZE, type DequantizableType } from '../../../src/tensors/kernels/index.js';
import { createWasmConverter } from '../../../src/tensors/kernels/wasm-converter.js';
import { randomBlocks } from '../support/blocks.js';
import { bytesOf, floatsOf } from '../support/bytes.js';
import { loadGgml } from '../support/ggml.js';

const WEIGHTS = 65_536;

/** What ggml reads in random blocks: the first half of the sha256 of the weights. For clones with neither ggml nor data. */
const DIGESTS: Readonly<Record<Exclude<DequantizableType, 'F32'>, string>> = {
  F16: 'ac1f4579b2410a485da1bfe62d615378',
  BF16: '0256c0bc38eba07b203b682a802872c6',
  Q4_0: 'c04c31b3619a0ea839469d2b0133bcb3',
  Q4_1: 'ddd8ddafb526452ff79aba39f0d23756',
  Q5_0: 'cfce4419e8a29da9014787531cc46446',
  Q5_1: '3de79cc4760c08556985169d1dcf2442',
  Q8_0: '872b30f79f5819ed181ce642066c0ca3',
  Q2_K: '7b6b8bd4ae0b9ea55f3b13f0de2bb3a9',
  Q3_K: '7a130596be1c3cf5ecdabab28c0e2f54',
  Q4_K: '2dba6590d9b3f33ae8eba67cbfa7a9ee',
  Q5_K: 'c7f0750dc44146dac25d40ebc7d9c1fd',
  Q6_K: 'cc8da039ba5723253bc4b2d61207d97b',
  IQ1_S: '5e8f3d581b3893933adc75a5fac730ab',
  IQ1_M: 'f5fecc3dcacc89cc3308f317813ddc25',
  IQ2_XXS: '7c49f6f52a26eb744a8c2d038117d801',
  IQ2_XS: 'd8b3388b07f1e1cec8f6d536947ef92b',
  IQ2_S: 'b2a57f2ad2695a63d914ae3bcb10f8e6',
  IQ3_XXS: '5c1075683bcfe5efa5c6090cb0a898a6',
  IQ3_S: '0aaf2a3d06a9f48131340726b25b47e3',
  IQ4_NL: 'c08224ab83c3a8415918566a942b9e8b',
  IQ4_XS: '6825ad6372a98e44ce080b61d8e1d741',
  TQ1_0: 'e985ee5899dfc1d0c9bb04ef0c4d9218',
  TQ2_0: '8383e84c27337a53e2f58d2b06f6cc98',
  MXFP4: 'e1d12e687abaa09f8dcc5b2198f5e981',
  NVFP4: '87cdf37127b3077083465aa834a0ad57',
  Q1_0: 'cc4802959768d4bfc470719bfd6c4737',
  Q2_0: '88cefe6bcadf395fd6bca30d5c714dd1',
};

const types = Object.keys(DIGESTS) as (keyof typeof DIGESTS)[];
const ggml = loadGgml();

test.each(types)('%s is read as ggml read it', (type) => {
  const blocks = randomBlocks(type, WEIGHTS, 5);
  const weights = new Float32Array(WEIGHTS);
  DEQUANTIZE[type](blocks, weights);
  expect(digestOf(weights), 'the reference').toBe(DIGESTS[type]);
  const converter = createWasmConverter()!;
  converter.input.set(blocks);
  expect(converter.convert(type, 'F32', WEIGHTS)).toBe('ok');
  expect(digestOf(floatsOf(converter.output, WEIGHTS)), 'the twin').toBe(DIGESTS[type]);
  if ('missing' in ggml) return;
  expect(digestOf(ggml.dequantize(type, blocks, WEIGHTS)), 'ggml').toBe(DIGESTS[type]);
});

function digestOf(weights: Float32Array): string {
  return createHash('sha256').update(bytesOf(weights)).digest('hex').slice(0, 32);
}
