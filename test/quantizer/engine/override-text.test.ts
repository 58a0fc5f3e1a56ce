import { expect, test } from 'vitest';
import { cutText } from '../../../src/quantizer/engine/override-text.js';

test.each([
  ['', ''],
  ['x'.repeat(127), 'x'.repeat(127)],
  ['x'.repeat(128), 'x'.repeat(127)],
  ['ä'.repeat(63), 'ä'.repeat(63)],
  [`x${'ä'.repeat(99)}`, `x${'ä'.repeat(63)}`],
  ['ä'.repeat(64), 'ä'.repeat(63)],
  ['😀'.repeat(50), '😀'.repeat(31)],
])('%s', (text, cut) => {
  expect(cutText(text)).toBe(cut);
});
