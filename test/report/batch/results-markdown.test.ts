import { expect, test } from 'vitest';
import type { ModelResults } from '../../../src/batch/results/results.js';
import { resultsMarkdown } from '../../../src/report/batch/results-markdown.js';
import { doneOutput, EVALUATION, resultsWith, sha } from '../../batch/results/support.js';

const check = { verdict: 'pass' as const, errors: 0, warnings: 2, findings: [] };

test('a table for a model card, smallest file first, and what failed', () => {
  const failed = { status: 'failed' as const, files: [], error: { code: 'no-space', message: 'the disk is <full>' } };
  const results = resultsWith([
    doneOutput('q/m-Q8_0.gguf', 3 * 2 ** 30, {
      type: 'Q8_0',
      bpw: 8.5,
      check,
      engine: 'llama-quantize 1',
      evaluation: EVALUATION,
    }),
    doneOutput('q/m-Q4_0.gguf', 2 ** 30, {
      type: 'Q4_0',
      bpw: 4.5,
      engine: 'llama-quantize 1',
      recipe: { name: 'own', sha256: sha('1') },
    }),
    doneOutput('q/m-Q2_K.gguf', 1, failed),
    doneOutput('q/m-Q3_K.gguf', 1, { status: 'skipped', files: [] }),
    doneOutput('q/m-Q6_K.gguf', 1, { status: 'open', files: [] }),
  ]);
  const models = results.models.map((model) => ({ ...model, sha256: sha('e'), text: '../t/eval.txt' }));
  expect(resultsMarkdown({ models })).toBe(`## model

| file | type | size | bpw | KLD | same top | SHA-256 | check |
| :--- | :--- | ---: | ---: | ---: | ---: | :--- | :--- |
| [\`m-Q4_0.gguf\`](q/m-Q4_0.gguf) | own (Q4_0) | 1.00 GiB | 4.50 | – | – | \`aaaaaaaaaaaaaaaa\` | – |
| [\`m-Q8_0.gguf\`](q/m-Q8_0.gguf) | Q8_0 | 3.00 GiB | 8.50 | 0.012346 ± 0.000100 | 91.50 % | \`aaaaaaaaaaaaaaaa\` | pass, 2 warnings |

Made of \`models/model.gguf\` (4.00 KiB, SHA-256 \`${sha('e')}\`), by llama-quantize 1. KLD is the mean divergence from the model in nats over 3 chunks of \`eval.txt\`; ± is one standard error.

## Not made

- \`q/m-Q2_K.gguf\`: the disk is &#60;full&#62;

Not done yet: 1 output.
`);
});

test('columns that nothing has are left out; shards are counted', () => {
  const shards = [1, 2].map((n) => ({ path: `m-0000${n}-of-00002.gguf`, bytes: 5, sha256: sha(`${n}`) }));
  const text = resultsMarkdown(resultsWith([doneOutput('m.gguf', 10, { files: shards })]));
  expect(text).toContain('| file | size | SHA-256 |\n');
  expect(text).toContain('| [`m.gguf`](m-00001-of-00002.gguf) (2 files) | 10 B | SHA256SUMS |');
});

test('names mean nothing in Markdown, and links stay within', () => {
  const name = 'a)b|c<img src=x>`[`\n@me.gguf';
  const text = resultsMarkdown(resultsWith([doneOutput(`x/${name}`, 1), doneOutput('javascript:alert(1)', 2)]));
  expect(text).not.toMatch(/<img|@me/);
  expect(text).toContain('](javascript%3Aalert%281%29)');
  const row = text.split('\n').find((line) => line.includes('me.gguf')) ?? '';
  expect(row.match(/\|/g)).toHaveLength(4);
});

test('models of one output each share a table; what was changed is told', () => {
  const model = (name: string, changes: readonly string[]): ModelResults => ({
    model: `${name}.gguf`,
    bytes: 1,
    outputs: [doneOutput(`../${name}.gguf`, 1, { isInPlace: true, changes })],
  });
  const broken: ModelResults = { model: 'c.gguf', bytes: 1, problem: { code: 'x', message: 'it is cut' }, outputs: [] };
  const text = resultsMarkdown({ models: [model('b', ['k: FLOAT32 → UINT32']), model('a', []), broken] });
  expect(text.match(/^\| file/gm)).toHaveLength(1);
  expect(text.indexOf('b.gguf')).toBeLessThan(text.indexOf('a.gguf'));
  expect(text).toContain(
    '## What was changed\n\n- `../b.gguf`: k&#58; FLOAT32 → UINT32\n\n## Not made\n\n- `c.gguf`: it is cut\n',
  );
  expect(text).not.toContain('## model');
});

test('nothing at all', () => {
  expect(resultsMarkdown({ models: [] })).toBe('No outputs.\n');
});
