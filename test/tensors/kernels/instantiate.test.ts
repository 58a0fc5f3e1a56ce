import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TILE_WEIGHTS } from '../../../src/tensors/kernels/converter.js';
import type { KernelExports } from '../../../src/tensors/kernels/instantiate.js';

beforeEach(() => vi.resetModules());
afterEach(() => vi.restoreAllMocks());

async function instantiate(): Promise<KernelExports | undefined> {
  return (await import('../../../src/tensors/kernels/instantiate.js')).instantiateKernels();
}

test('the memory of the SIMD kernels is fixed, and holds two tiles of floats', async () => {
  const kernels = (await instantiate())!;
  expect(kernels.memory.buffer.byteLength).toBe(40 * 65_536);
  expect(() => kernels.memory.grow(1)).toThrow(RangeError);
  expect(kernels.tileWeights.value).toBe(TILE_WEIGHTS);
});

test('each instance has a memory of its own', async () => {
  const [first, second] = [(await instantiate())!, (await instantiate())!];
  new Uint8Array(first.memory.buffer).fill(7, first.input.value, first.input.value + 16);
  expect(new Uint8Array(second.memory.buffer, second.input.value, 16)).toEqual(new Uint8Array(16));
});

test('there is none without SIMD in WebAssembly', async () => {
  vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
  expect(await instantiate()).toBeUndefined();
});
