import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TILE_WEIGHTS } from '../../../src/tensors/kernels/converter.js';

beforeEach(() => vi.resetModules());
afterEach(() => vi.restoreAllMocks());

test('a thread has one converter, with room for a tile of any type', async () => {
  const { loadConverter } = await import('../../../src/tensors/kernels/load.js');
  const converter = loadConverter();
  expect(loadConverter()).toBe(converter);
  expect(converter.input.byteLength).toBe(TILE_WEIGHTS * 4);
  expect(converter.output.byteLength).toBe(TILE_WEIGHTS * 4);
});

test('without SIMD in WebAssembly the reference takes over', async () => {
  vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
  const { createWasmConverter } = await import('../../../src/tensors/kernels/wasm-converter.js');
  expect(createWasmConverter()).toBeUndefined();
  const { quantizeRows } = await import('../../../src/tensors/rows.js');
  const blocks = quantizeRows(
    'Q8_0',
    Float32Array.from({ length: 32 }, (_, i) => i * 4),
  );
  expect(Buffer.from(blocks.subarray(0, 5)).toString('hex')).toBe('d03b000408');
});
