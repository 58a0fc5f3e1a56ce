import { describe, expect, test } from 'vitest';
import { mmprojRange } from '../../../src/checks/companion/mmproj-range.js';
import type { BuilderValue } from '../../support/gguf-builder.js';
import { findingsOf, testRule } from '../rule-test.js';
import { projector } from './companion-test.js';

const uint = (value: number): BuilderValue => ({ type: 'uint32', value });
const pinpoints = (count: number): BuilderValue => ({
  type: 'array',
  itemType: 'int32',
  items: Array.from({ length: count }, () => 336),
});
const withKey = (key: string, value: BuilderValue): Uint8Array => projector().metadata(key, value).bytes();

describe('companion/mmproj-range', () => {
  testRule(mmprojRange, [
    {
      title: 'too many tiles',
      bytes: withKey('clip.vision.preproc_max_tiles', uint(200_000_000)),
      message: /^'clip\.vision\.preproc_max_tiles' is 200000000, expected 0 to 1024/,
    },
    { title: 'patches of no pixel', bytes: withKey('clip.vision.patch_size', uint(0)) },
    { title: 'too many layers', bytes: withKey('clip.vision.block_count', uint(513)) },
    { title: 'too large a chunk', bytes: withKey('clip.audio.chunk_size', uint(65_537)) },
    { title: 'too many pixels', bytes: withKey('clip.vision.image_min_pixels', uint(2 ** 31)) },
    {
      title: 'another type',
      bytes: withKey('clip.vision.image_size', { type: 'float32', value: 336 }),
      message: /is float32, expected uint32/,
    },
    {
      title: 'an odd number of pinpoints',
      bytes: withKey('clip.vision.image_grid_pinpoints', pinpoints(3)),
      message: /is 3 values, expected pairs/,
    },
    { title: 'too many pinpoints', bytes: withKey('clip.vision.image_grid_pinpoints', pinpoints(1026)) },
    {
      title: 'more patches than there are positions for',
      bytes: projector()
        .metadata('clip.vision.image_size', uint(2048))
        .metadata('clip.vision.patch_size', uint(1))
        .bytes(),
      message: /is 1 with images of 2048, expected at most 1024 patches/,
    },
  ]);

  test('accepts the sizes of real projectors', () => {
    const bytes = projector()
      .metadata('clip.vision.image_size', uint(896))
      .metadata('clip.vision.patch_size', uint(14))
      .metadata('clip.vision.block_count', uint(27))
      .metadata('clip.vision.preproc_max_tiles', uint(12))
      .metadata('clip.vision.image_grid_pinpoints', pinpoints(18))
      .bytes();
    expect(findingsOf(mmprojRange, bytes)).toEqual([]);
  });
});
