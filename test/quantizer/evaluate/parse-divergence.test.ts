import { describe, expect, test } from 'vitest';
import { isComplete } from '../../../src/quantizer/evaluate/divergence.js';
import { type DivergenceReader, divergenceReader } from '../../../src/quantizer/evaluate/parse-divergence.js';
import { TWO_CHUNKS } from '../support/evaluate.js';

function readerOf(text: string): DivergenceReader {
  const reader = divergenceReader();
  for (const line of text.split('\n')) reader.add(line);
  return reader;
}

/** What stands in the statistics. */
const FIGURES = {
  meanKld: { value: 0.014361, error: 0.000946 },
  medianKld: 0.009238,
  kld999: 0.244253,
  sameTop: { value: 92.353, error: 1.178 },
  rmsDeltaP: { value: 3.067, error: 0.286 },
  perplexity: { value: 15.590595, error: 1.613999 },
  basePerplexity: { value: 15.476648, error: 1.601224 },
  perplexityRatio: { value: 1.007363, error: 0.007599 },
};

const without = (pattern: RegExp): string => TWO_CHUNKS.replace(pattern, '');

describe('a run that printed everything', () => {
  test('has the figures of the statistics', () => {
    const divergence = readerOf(TWO_CHUNKS).result(2);
    expect(divergence).toEqual(FIGURES);
    expect(divergence && isComplete(divergence)).toBe(true);
  });

  test('tells how many chunks it has done', () => {
    expect(readerOf(TWO_CHUNKS).chunks()).toBe(2);
    expect(readerOf(TWO_CHUNKS.slice(0, 300)).chunks()).toBe(1);
    expect(divergenceReader().chunks()).toBe(0);
  });

  test('may have it in colour and with Windows ends of lines', () => {
    const coloured = TWO_CHUNKS.replace(/^.+$/gm, '\u001b[32m$&\u001b[0m\r');
    expect(readerOf(coloured).result(2)).toEqual(FIGURES);
  });
});

describe('a run that lost lines', () => {
  test('of the statistics has what the last row of the table says', () => {
    const divergence = readerOf(without(/\n====== Perplexity[\s\S]*/)).result(2);
    expect(divergence).toMatchObject({
      meanKld: { value: 0.01436, error: 0.00095 },
      sameTop: { value: 92.353, error: 1.178 },
      rmsDeltaP: { value: 3.067, error: 0.286 },
      perplexity: { value: 15.5906, error: 1.614 },
    });
    expect(divergence?.perplexityRatio.value).toBeCloseTo(1.007363, 5);
    expect(divergence?.perplexityRatio.error).toBeCloseTo(0.007599, 5);
    expect(divergence).not.toHaveProperty('medianKld');
    expect(divergence).not.toHaveProperty('kld999');
    expect(divergence).not.toHaveProperty('basePerplexity');
    expect(divergence && isComplete(divergence)).toBe(false);
  });

  test('of the table has the statistics', () => {
    expect(readerOf(without(/^ +[12] .*\n/gm)).result(2)).toEqual(FIGURES);
  });

  test('in the middle of the statistics takes the rest from the table', () => {
    const divergence = readerOf(without(/\nMaximum KLD[\s\S]*/)).result(2);
    expect(divergence?.meanKld).toEqual(FIGURES.meanKld);
    expect(divergence?.sameTop).toEqual(FIGURES.sameTop);
    expect(divergence).not.toHaveProperty('medianKld');
  });

  test('in the middle of a line takes nothing from that line', () => {
    expect(readerOf(without(/ ± {3}0\.000946[\s\S]*/)).result(2)?.meanKld).toEqual({ value: 0.01436, error: 0.00095 });
    expect(readerOf(without(/ ± {2}1\.178 %\n\n=[\s\S]*/)).result(2)).toBeUndefined();
  });

  test('of both has nothing', () => {
    expect(readerOf(without(/^ +\d .*\n|^Mean +KLD.*\n/gm)).result(2)).toBeUndefined();
    expect(divergenceReader().result(0)).toBeUndefined();
  });
});

test('a row before the last chunk is the mean of a run that gave up', () => {
  expect(readerOf(without(/\n====== Perplexity[\s\S]*/)).result(3)).toBeUndefined();
});

test('names for what is no number are read as such', () => {
  const text = TWO_CHUNKS.replace(/^Mean {4}KLD:.*$/m, 'Mean    KLD:        nan ±       -nan');
  expect(readerOf(text).result(2)?.meanKld).toEqual({ value: Number.NaN, error: Number.NaN });
  const infinite = TWO_CHUNKS.replace(/^99\.9% {3}KLD:.*$/m, '99.9%   KLD:       inf');
  expect(readerOf(infinite).result(2)?.kld999).toBe(Number.POSITIVE_INFINITY);
});

test('lines of other programs and absurdly long ones are no figures', () => {
  const reader = divergenceReader();
  for (const line of ['1 2 3', ':', ': 5', `${'a '.repeat(10_000)}:`, 'Mean KLD: 1.2.3 ± 4', 'KLD: 0.1'])
    reader.add(line);
  expect(reader.result(1)).toBeUndefined();
});
