import { expect, test } from 'vitest';
import { lastLines, lineReader } from '../../../src/quantizer/process/lines.js';

function linesOf(...pieces: readonly string[]): string[] {
  const lines: string[] = [];
  const reader = lineReader((line) => lines.push(line));
  for (const piece of pieces) reader.add(piece);
  reader.end();
  return lines;
}

test('lines are put together from pieces, without empty ones and without the space at their ends', () => {
  expect(linesOf('one\r\ntw', 'o \n\n', '\nthr', 'ee')).toEqual(['one', 'two', 'three']);
});

test('a line without end takes no more memory than one of 500 characters', () => {
  const lines = linesOf(...Array.from({ length: 1000 }, () => 'x'.repeat(1000)), '\nnext');
  expect(lines).toEqual(['x'.repeat(500), 'next']);
});

test('the last 40 lines are kept', () => {
  const last = lastLines();
  for (let i = 0; i < 100; i += 1) last.add(`${i}`);
  expect(last.all()).toEqual(Array.from({ length: 40 }, (_, i) => `${60 + i}`));
});
