import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import type { BatchResults } from '../../../src/batch/results/results.js';
import { resultsDocument } from '../../../src/report/batch/results-json.js';
import { doneOutput, EVALUATION, resultsWith, sha } from '../../batch/results/support.js';

const error = { code: 'x', message: 'm' };

const FULL: BatchResults = {
  models: [
    {
      model: 'm.gguf',
      bytes: 10,
      sha256: sha('1'),
      imatrix: { path: 'i.gguf', bytes: 2 },
      text: 't.txt',
      outputs: [
        doneOutput('a.gguf', 5, {
          bpw: 4.5,
          type: 'Q4_0',
          recipe: { name: 'r', sha256: sha('2') },
          engine: 'e',
          sidecar: 'a.recipe.json',
          check: {
            verdict: 'pass',
            errors: 0,
            warnings: 1,
            findings: [{ rule: 'r', severity: 'warning', message: 'm' }],
          },
          evaluation: { ...EVALUATION, medianKld: 0.01, kld999: 0.2 },
          changes: ['c'],
          notes: ['n'],
          seconds: 1.23456,
        }),
        doneOutput('b.gguf', 7),
        {
          label: 'c',
          path: 'c',
          isInPlace: true,
          status: 'blocked',
          files: [],
          changes: [],
          notes: [],
          seconds: 0,
          error,
          blockedBy: 'j',
        },
        { label: 'd', path: 'd', isInPlace: false, status: 'open', files: [], changes: [], notes: [], seconds: 0 },
      ],
    },
    { model: 'n.gguf', bytes: 3, problem: error, outputs: [] },
  ],
};

test('the shipped schema takes it, with all there may be and with nothing', () => {
  const schema: object = JSON.parse(readFileSync('schemas/batch.schema.json', 'utf8'));
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);
  for (const results of [FULL, resultsWith([]), { models: [] }]) {
    validate(JSON.parse(JSON.stringify(resultsDocument(results))));
    expect(validate.errors).toBeNull();
  }
});

test('counts, sums and rounds', () => {
  const { summary, models } = resultsDocument(FULL);
  expect(summary).toEqual({
    outputs: 4,
    done: 2,
    skipped: 0,
    failed: 0,
    blocked: 1,
    open: 1,
    unreadableModels: 1,
    bytes: 12,
  });
  const [output] = models[0]?.outputs ?? [];
  expect(output?.seconds).toBe(1.235);
  expect(output?.evaluation?.sameTopPercent).toEqual(EVALUATION.sameTop);
});

test('nothing in it depends on when or where it is made', () => {
  expect(JSON.stringify(resultsDocument(FULL))).toBe(JSON.stringify(resultsDocument(structuredClone(FULL))));
});
