import { describe, expect, test } from 'vitest';
import { blockBytes } from '../../../src/gguf/tensor-types.js';
import { GRIDS } from '../../../src/tensors/kernels/grids.js';
import { loadGgml } from '../support/ggml.js';

/** A type with the grid, its factor from values to weights at scale 1, and the byte with the high bits of an index. */
const USES = {
  IQ2_XXS: { type: 'IQ2_XXS', points: 256, positions: 8, factor: 1 / 8, high: undefined, shift: 0 },
  IQ2_XS: { type: 'IQ2_XS', points: 512, positions: 8, factor: 1 / 8, high: 3, shift: 0 },
  IQ2_S: { type: 'IQ2_S', points: 1024, positions: 8, factor: 1 / 8, high: 66, shift: 0 },
  IQ3_XXS: { type: 'IQ3_XXS', points: 256, positions: 4, factor: 1 / 4, high: undefined, shift: 0 },
  IQ3_S: { type: 'IQ3_S', points: 512, positions: 4, factor: 1, high: 66, shift: 0 },
  IQ1: { type: 'IQ1_S', points: 2048, positions: 8, factor: 1, high: 34, shift: 1 / 8 },
} as const satisfies Record<keyof typeof GRIDS, object>;

const names = Object.keys(USES) as (keyof typeof GRIDS)[];
const ggml = loadGgml();
const title = 'missing' in ggml ? `ggml's own grids (skipped: ${ggml.missing})` : "ggml's own grids";

describe.each(names)('the grid of %s', (name) => {
  const { points, positions } = USES[name];

  test('has as many points as its indices can name', () => {
    expect(GRIDS[name]()).toHaveLength(points * positions);
  });

  test('holds every point once, and they ascend from the last position to the first', () => {
    const keys = Array.from({ length: points }, (_, i) =>
      [...GRIDS[name]().subarray(i * positions, (i + 1) * positions)].reverse(),
    );
    for (let i = 1; i < points; i += 1) expect(compare(keys[i - 1]!, keys[i]!)).toBeLessThan(0);
  });
});

describe.skipIf('missing' in ggml)(title, () => {
  if ('missing' in ggml) return;

  test.each(names)('every point of %s', (name) => {
    const { type, points, positions, factor, high, shift } = USES[name];
    const got = Array.from({ length: points }, (_, index) => {
      const block = new Uint8Array(blockBytes(type));
      block.set([0x00, 0x3c, index & 255]);
      if (high !== undefined) block[high] = index >> 8;
      return [...ggml.dequantize(type, block, 256).subarray(0, positions)].map((weight) => weight / factor - shift);
    });
    expect(Int8Array.from(got.flat())).toEqual(GRIDS[name]());
  });
});

test('says why ggml is missing, if it is', () => {
  if ('missing' in ggml) console.log(`skipped: grids against ggml itself (${ggml.missing})`);
  expect('missing' in ggml ? ggml.missing : 'present').not.toBe('');
});

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}
