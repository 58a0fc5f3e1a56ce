import { expect, test } from 'vitest';
import { figuresOf } from '../../../src/report/evaluation/figures.js';
import { evaluationOf } from '../../quantizer/support/evaluate.js';

test('every figure has its unit, its error and as many digits as were measured', () => {
  expect(figuresOf(evaluationOf(1, 0.016606)).map(({ label, text }) => `${label}: ${text}`)).toEqual([
    'mean KLD: 0.016606 ± 0.000083',
    'median KLD: 0.008303',
    '99.9 % KLD: 0.215878',
    'same top token: 91.70 ± 0.11 %',
    'RMS Δp: 3.04 ± 0.03 %',
    'perplexity: 13.3470 ± 0.1340',
    'base perplexity: 13.1940 ± 0.1320',
    'perplexity ratio: 1.01166 ± 0.00050',
  ]);
});

test('a figure that did not come out is a dash', () => {
  const { medianKld: _median, kld999: _most, basePerplexity: _base, ...rest } = evaluationOf(1, 0.1);
  const dashes = figuresOf(rest).flatMap(({ label, text }) => (text === '–' ? [label] : []));
  expect(dashes).toEqual(['median KLD', '99.9 % KLD', 'base perplexity']);
});
