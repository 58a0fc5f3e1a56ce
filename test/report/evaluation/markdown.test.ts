import { expect, test } from 'vitest';
import { renderEvaluationMarkdown } from '../../../src/report/evaluation/markdown.js';
import { evaluationOf } from '../../quantizer/support/evaluate.js';
import { FILES, HOSTILE, REPORT } from './reports.js';

test('the table has every figure, then what it was compared with and what is missing', () => {
  expect(renderEvaluationMarkdown(REPORT)).toBe(`\
| quant | size | bits per weight | mean KLD | median KLD | 99.9 % KLD | same top token | RMS Δp | perplexity | base perplexity | perplexity ratio | Pareto front |
| :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| <code>Q8&#95;0</code> | 32.7 MiB | 4.50 | 0.000347 ± 0.000002 | 0.000173 | 0.004511 | 91.70 ± 0.11 % | 3.04 ± 0.03 % | 13.3470 ± 0.1340 | 13.1940 ± 0.1320 | 1.01166 ± 0.00050 | yes |
| <code>Q4&#95;0</code> | 22.9 MiB | 4.50 | 0.025981 ± 0.000130 | 0.012991 | 0.337753 | 91.70 ± 0.11 % | 3.04 ± 0.03 % | 13.3470 ± 0.1340 | 13.1940 ± 0.1320 | 1.01166 ± 0.00050 |  |
| <code>Q4&#95;K&#95;M</code> | 22.6 MiB | 4.50 | 0.016606 ± 0.000083 | 0.008303 | 0.215878 | 91.70 ± 0.11 % | 3.04 ± 0.03 % | 13.3470 ± 0.1340 | 13.1940 ± 0.1320 | 1.01166 ± 0.00050 | yes |

Compared with <code>m-BF16.gguf</code> (56.4 MiB) on <code>eval.txt</code>: 234 chunks of 512 tokens, 59,670 of them scored, by llama-perplexity 0.7.0 (build 11669). KLD is in nats; ± is one standard error.

Not measured:

- <code>q/m-broken.gguf</code>: not a GGUF file
`);
});

test('where nothing was measured there is no table', () => {
  const text = renderEvaluationMarkdown({ ...REPORT, files: FILES.slice(1, 2) });
  expect(text).toBe('Nothing could be measured.\n\nNot measured:\n\n- <code>q/m-broken.gguf</code>: not a GGUF file\n');
});

test('a name stays in its cell', () => {
  const files = [{ source: HOSTILE, evaluation: evaluationOf(1, 0.1) }];
  const [, , row = ''] = renderEvaluationMarkdown({ ...REPORT, files }).split('\n');
  expect(row.match(/\|/g)).toHaveLength(13);
  expect(row).not.toMatch(/<b>|`/);
});
