import { describe, expect, test } from 'vitest';
import { renderEvaluation } from '../../../src/report/evaluation/text.js';
import { PLAIN } from '../../../src/report/styles.js';
import { displayWidth } from '../../../src/report/text-width.js';
import { evaluationOf } from '../../quantizer/support/evaluate.js';
import { FILES, HOSTILE, REPORT } from './reports.js';

const PAGE = { width: 80, styles: PLAIN };
const BRIEF = { verbose: false };

describe('several quants', () => {
  test('are a table', () => {
    expect(renderEvaluation(REPORT, BRIEF, PAGE)).toBe(`\
quant         size  bits             mean KLD  99.9 %  same top  PPL ratio
* Q8_0    32.7 MiB  4.50  0.000347 ± 0.000002  0.0045   91.70 %    1.01166
  Q4_0    22.9 MiB  4.50  0.025981 ± 0.000130  0.3378   91.70 %    1.01166
* Q4_K_M  22.6 MiB  4.50  0.016606 ± 0.000083  0.2159   91.70 %    1.01166
* on the Pareto front: no other is both smaller and closer to the base. KLD is
in nats.

base          m-BF16.gguf, 56.4 MiB
text          eval.txt
compared      234 chunks of 512 tokens, 59,670 of them scored
by            llama-perplexity 0.7.0 (build 11669)
not measured  q/m-broken.gguf
`);
  });

  test('fit 80 columns, whatever they are called', () => {
    const files = [...FILES, { source: `${'x'.repeat(200)}.gguf`, evaluation: evaluationOf(7e14, 12.5) }];
    const lines = renderEvaluation({ ...REPORT, text: 't'.repeat(300), files }, BRIEF, PAGE).split('\n');
    expect(lines.filter((line) => displayWidth(line) > 80)).toEqual([]);
  });

  test('have all figures too where that is asked for', () => {
    const text = renderEvaluation(REPORT, { verbose: true }, PAGE);
    expect(text.match(/median KLD/g)).toHaveLength(3);
    expect(text).toContain('quant         size');
  });
});

describe('one quant', () => {
  test('is a list of all figures', () => {
    expect(renderEvaluation({ ...REPORT, files: FILES.slice(3) }, BRIEF, PAGE)).toBe(`\
q/m-Q4_K_M.gguf
size              22.6 MiB (23,722,784 bytes), 4.50 bits per weight
mean KLD          0.016606 ± 0.000083
median KLD        0.008303
99.9 % KLD        0.215878
same top token    91.70 ± 0.11 %
RMS Δp            3.04 ± 0.03 %
perplexity        13.3470 ± 0.1340
base perplexity   13.1940 ± 0.1320
perplexity ratio  1.01166 ± 0.00050

base      m-BF16.gguf, 56.4 MiB
text      eval.txt
compared  234 chunks of 512 tokens, 59,670 of them scored
by        llama-perplexity 0.7.0 (build 11669)
`);
  });

  test('that was compared with given scores has no base', () => {
    const text = renderEvaluation({ ...REPORT, base: undefined, text: undefined, files: FILES.slice(3) }, BRIEF, PAGE);
    expect(text).not.toMatch(/^(base|text) {2}/m);
  });
});

test('nothing measured is nothing printed', () => {
  expect(renderEvaluation({ ...REPORT, files: FILES.slice(1, 2) }, BRIEF, PAGE)).toBe('');
});

test('a name cannot steer the terminal', () => {
  const files = [{ source: HOSTILE, evaluation: evaluationOf(1, 0.1) }, ...FILES];
  for (const report of [
    { ...REPORT, files },
    { ...REPORT, files: files.slice(0, 1), text: HOSTILE, engine: HOSTILE },
  ]) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come out
    expect(renderEvaluation(report, BRIEF, PAGE)).not.toMatch(/[\u0000-\u0009\u001b]/);
  }
});
