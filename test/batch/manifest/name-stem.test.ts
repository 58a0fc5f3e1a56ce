import { expect, test } from 'vitest';
import { nameStem } from '../../../src/batch/manifest/name-stem.js';

test.each([
  ['gemma-3n-E2B-it-BF16.gguf', 'gemma-3n-E2B-it', 'BF16'],
  ['a/b/gemma-3n-E2B-it-BF16-00001-of-00003.gguf', 'gemma-3n-E2B-it', 'BF16'],
  ['x-UD-Q4_K_XL.gguf', 'x', 'UD-Q4_K_XL'],
  ['x-ud-iq2_xxs.GGUF', 'x', 'ud-iq2_xxs'],
  ['model.f16.gguf', 'model', 'f16'],
  ['model-fp16.gguf', 'model', 'fp16'],
  ['Qwen2.5-7B.gguf', 'Qwen2.5-7B', undefined],
  ['Q4_0-lover.gguf', 'Q4_0-lover', undefined],
  ['Q4_0.gguf', 'Q4_0', undefined],
  ['model', 'model', undefined],
  ['model-UD.gguf', 'model-UD', undefined],
])('%s', (file, model, label) => {
  expect(nameStem(file)).toEqual(label === undefined ? { model } : { model, label });
});

test('a long name takes no time', () => {
  const start = performance.now();
  nameStem(`${'a-'.repeat(50_000)}!`);
  nameStem(`${'a'.repeat(100_000)}!`);
  expect(performance.now() - start).toBeLessThan(10_000);
});
