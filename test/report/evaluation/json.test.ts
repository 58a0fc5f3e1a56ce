import { expect, test } from 'vitest';
import { evaluateDocument } from '../../../src/report/evaluation/json.js';
import { evaluateDocumentSchema } from '../../../src/report/evaluation/schema.js';
import { evaluationOf } from '../../quantizer/support/evaluate.js';
import { FILES, REPORT } from './reports.js';

test('the document fits its schema and keeps the order of the report', () => {
  const document = evaluateDocument(REPORT);
  expect(evaluateDocumentSchema.parse(document)).toEqual(document);
  expect(document).toMatchObject({
    schema: 'ggufix.evaluate/1',
    base: { source: 'm-BF16.gguf', bytes: 59_131_360, bitsPerWeight: 16.03 },
    compared: { contextSize: 512, chunks: 234, tokens: 59_670 },
  });
  expect(document.files).toMatchObject([
    { source: 'q/m-Q8_0.gguf', bytes: 34_248_224, isOnParetoFront: true },
    { source: 'q/m-broken.gguf', error: { code: 'header-unreadable' } },
    { source: 'q/m-Q4_0.gguf', isOnParetoFront: false },
    {
      source: 'q/m-Q4_K_M.gguf',
      meanKld: { value: 0.016606, error: 0.00008303 },
      sameTopPercent: { value: 91.7, error: 0.11 },
      rmsDeltaPPercent: { value: 3.04, error: 0.03 },
      isOnParetoFront: true,
    },
  ]);
});

test('what is not known is left out', () => {
  const size = { bytes: 10, bitsPerWeight: undefined, vocabularySize: 4 };
  const { medianKld: _median, kld999: _most, basePerplexity: _base, ...rest } = evaluationOf(1, 0.1, { size });
  const files = [{ source: 'q.gguf', evaluation: rest }];
  const document = evaluateDocument({ ...REPORT, base: undefined, text: undefined, files });
  expect(evaluateDocumentSchema.parse(document)).toEqual(document);
  expect(JSON.stringify(document)).not.toMatch(/null|medianKld|kld999|basePerplexity|bitsPerWeight/);
});

test('where nothing was measured nothing was compared', () => {
  const document = evaluateDocument({ ...REPORT, files: FILES.slice(1, 2) });
  expect(evaluateDocumentSchema.parse(document)).not.toHaveProperty('compared');
});
