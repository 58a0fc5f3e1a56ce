import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutText, displayWidth, wrapText } from '../../src/report/text-width.js';

describe('displayWidth', () => {
  test.each([
    ['', 0],
    ['model', 5],
    ['naïve', 5],
    ['e\u0301', 1],
    ['日本語', 6],
    ['한국', 4],
    ['🙂', 2],
    ['ｆｕｌｌ', 8],
    ['\u001b[31mred\u001b[39m', 3],
    ['a\u200db', 2],
  ])('%s takes %i', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('cutText', () => {
  test.each([
    ['short', 5, 'short'],
    ['longer', 5, 'long…'],
    ['日本語', 6, '日本語'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['x', 0, '…'],
  ])('%s to %i is %s', (text, width, cut) => {
    expect(cutText(text, width)).toBe(cut);
  });

  test('fits, and keeps what fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, width) => {
        const cut = cutText(text, width);
        expect(displayWidth(cut)).toBeLessThanOrEqual(width);
        if (displayWidth(text) <= width) expect(cut).toBe(text);
      }),
    );
  });
});

describe('wrapText', () => {
  test('breaks between words', () => {
    expect(wrapText('one two three four', 9)).toEqual(['one two', 'three', 'four']);
  });

  test('breaks a word that is longer than a line', () => {
    expect(wrapText('see per_layer_token_embd.weight now', 10)).toEqual([
      'see',
      'per_layer_',
      'token_embd',
      '.weight',
      'now',
    ]);
  });

  test('loses nothing but the spaces at which it breaks', () => {
    const words = fc.array(fc.stringMatching(/^[!-~]{1,12}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.integer({ min: 4, max: 20 }), (list, width) => {
        const lines = wrapText(list.join(' '), width);
        expect(lines.join('').replaceAll(' ', '')).toBe(list.join(''));
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});
