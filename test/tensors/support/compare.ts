import { expect } from 'vitest';
import { blockBytes, blockWeights, type TensorTypeName } from '../../../src/gguf/tensor-types.js';

/** Fails unless both arrays hold the same bits (a NaN equals a NaN), and shows the block that is furthest off. */
export function expectSameWeights(type: TensorTypeName, got: Float32Array, want: Float32Array, what = ''): void {
  expect(got.length).toBe(want.length);
  const gotBits = new Uint32Array(got.buffer, got.byteOffset, got.length);
  const wantBits = new Uint32Array(want.buffer, want.byteOffset, want.length);
  const differences = new Map<number, number>();
  const size = blockWeights(type);
  for (let i = 0; i < got.length; i += 1) {
    if (gotBits[i] === wantBits[i] || (Number.isNaN(got[i]) && Number.isNaN(want[i]))) continue;
    const block = Math.floor(i / size);
    const error = Math.abs(got[i]! - want[i]!);
    differences.set(
      block,
      Math.max(differences.get(block) ?? 0, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error),
    );
  }
  failWithWorst(what === '' ? type : what, differences, (block) => {
    const range = [block * size, (block + 1) * size] as const;
    return `got  ${got.slice(...range).join(' ')}\nwant ${want.slice(...range).join(' ')}`;
  });
}

/** Fails unless both arrays hold the same bytes, and shows the block with the most differing bytes. */
export function expectSameBlocks(type: TensorTypeName, got: Uint8Array, want: Uint8Array, what = ''): void {
  expect(got.length).toBe(want.length);
  if (Buffer.compare(got, want) === 0) return;
  const size = blockBytes(type);
  const differences = new Map<number, number>();
  for (let i = 0; i < got.length; i += 1) {
    const block = Math.floor(i / size);
    if (got[i] !== want[i]) differences.set(block, (differences.get(block) ?? 0) + 1);
  }
  failWithWorst(what === '' ? type : what, differences, (block) => {
    const range = [block * size, (block + 1) * size] as const;
    return `got  ${hex(got.slice(...range))}\nwant ${hex(want.slice(...range))}`;
  });
}

function failWithWorst(what: string, differences: ReadonlyMap<number, number>, show: (block: number) => string): void {
  if (differences.size === 0) return;
  const [worst, error] = [...differences].reduce((a, b) => (b[1] > a[1] ? b : a));
  expect.fail(`${what}: ${differences.size} blocks differ, worst is block ${worst} (${error})\n${show(worst)}`);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').replace(/../g, '$& ');
}
