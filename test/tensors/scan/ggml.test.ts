import { describe, expect, test } from 'vitest';
import { TENSOR_TYPES, type TensorTypeName } from '../../../src/gguf/tensor-types.js';
import { type ScanUnit, unitOf } from '../../../src/tensors/scan/units.js';
import { createWasmScanner } from '../../../src/tensors/scan/wasm-scanner.js';
import { loadGgml } from '../support/ggml.js';

const ggml = loadGgml();
const title = 'missing' in ggml ? `ggml itself (skipped: ${ggml.missing})` : 'ggml itself';

// Q8_1 is no type of stored tensors: ggml refuses all of it.
const types = (Object.keys(TENSOR_TYPES) as TensorTypeName[]).filter((type) => type !== 'Q8_1');

/** One unit in which every 16 bits in turn are what makes a half infinite, NaN, or a byte 0xff. */
function* units({ bytes, kind }: ScanUnit): Generator<Uint8Array> {
  // Each bad value is a line on stderr, and the weights of a plain type are all alike.
  const end = kind === 'plain' ? 8 : bytes;
  for (const bits of [0x7c00, 0xffff]) {
    for (let at = 0; at + 2 <= end; at += 1) {
      const unit = new Uint8Array(bytes).fill(0x11);
      new DataView(unit.buffer).setUint16(at, bits, true);
      yield unit;
    }
  }
  yield new Uint8Array(bytes).fill(0xff);
}

describe.skipIf('missing' in ggml)(title, () => {
  if ('missing' in ggml) return;
  const scanner = createWasmScanner()!;

  test.each(types)('refuses the same bytes of %s', (type) => {
    const unit = unitOf(type);
    // Where the library is too old to know the type it refuses even zeros.
    if (!ggml.validate(type, new Uint8Array(unit.bytes))) {
      console.log(`skipped: this ggml does not know ${type}`);
      return;
    }
    for (const bytes of units(unit)) {
      scanner.input.set(bytes);
      const { nan, infinite, badBlocks } = scanner.scan(unit, 1, false);
      expect(nan + infinite + badBlocks === 0, Buffer.from(bytes).toString('hex')).toBe(ggml.validate(type, bytes));
    }
  });
});
