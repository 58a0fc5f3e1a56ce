import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { unitOf } from '../../../src/tensors/scan/units.js';

beforeEach(() => vi.resetModules());
afterEach(() => vi.restoreAllMocks());

test('a thread has one scanner', async () => {
  const { loadScanner } = await import('../../../src/tensors/scan/load-scanner.js');
  expect(await loadScanner()).toBe(await loadScanner());
});

test('without SIMD in WebAssembly the reference takes over', async () => {
  vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
  const { createWasmScanner } = await import('../../../src/tensors/scan/wasm-scanner.js');
  expect(createWasmScanner()).toBeUndefined();
  const { loadScanner } = await import('../../../src/tensors/scan/load-scanner.js');
  const { input, scan } = await loadScanner();
  input.set(new Uint8Array(new Float32Array(16).fill(-3).buffer));
  expect(scan(unitOf('F32'), 1, false)).toMatchObject({ maxAbs: 3, isZero: false });
});
