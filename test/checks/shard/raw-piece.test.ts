import { expect, test } from 'vitest';
import { rawPiece } from '../../../src/checks/shard/raw-piece.js';
import { cleanFile, findingsWith } from '../rule-test.js';

test.each([
  'model.gguf.part1of2',
  'model.gguf-part-02',
  'falcon-180b-chat.Q6_K.gguf-split-a',
  'MODEL.GGUF.001',
  'model.gguf.part_aa',
])('finds the raw piece %s', (name) => {
  expect(findingsWith(rawPiece, cleanFile(), { name })).toMatchObject([
    { severity: 'error', data: { name }, message: expect.stringContaining('join the pieces before use') },
  ]);
});

test.each(['model.gguf', 'model-00001-of-00003.gguf', 'model.gguf.bak', 'model.part1of2.gguf', 'model.gguf.1'])(
  'accepts %s',
  (name) => {
    expect(findingsWith(rawPiece, cleanFile(), { name })).toEqual([]);
  },
);
