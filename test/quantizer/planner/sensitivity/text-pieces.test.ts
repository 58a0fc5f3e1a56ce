import { expect, test } from 'vitest';
import { readTextPieces } from '../../../../src/quantizer/planner/sensitivity/text-pieces.js';
import { tempFile } from '../../../support/temp.js';

const extent = { sequences: 3, unscored: 1, scored: 1 };

test('pieces from the beginning to the end, cut at words', async () => {
  const words = Array.from({ length: 200 }, (_, i) => `word${i}`).join(' ');
  const pieces = await readTextPieces(tempFile(Buffer.from(words), 'text.txt'), extent);
  expect(pieces).toHaveLength(3);
  for (const piece of pieces) expect(words).toContain(` ${piece}`);
  expect(pieces[0]).toMatch(/^word1 /);
  expect(pieces[2]).toMatch(/word199$/);
});

test('half characters at the end are dropped; a short text is taken whole', async () => {
  const [piece] = await readTextPieces(tempFile(Buffer.from(`a ${'é'.repeat(40)}`), 'text.txt'), extent);
  expect(piece).toBe('é'.repeat(15));
  expect(await readTextPieces(tempFile(Buffer.from('x y'), 'text.txt'), extent)).toEqual(['y', 'y', 'y']);
});
