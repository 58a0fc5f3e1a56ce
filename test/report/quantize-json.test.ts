import { expect, test } from 'vitest';
import { resolveStock } from '../../src/quantizer/recipes/stock.js';
import type { QuantizeReport } from '../../src/report/quantize.js';
import { quantizeDocument } from '../../src/report/quantize-json.js';
import { quantizeDocumentSchema } from '../../src/report/quantize-schema.js';
import { bareHeader } from '../quantizer/recipes/support/header-only.js';
import { llama } from '../quantizer/recipes/support/shapes.js';

const REPORT: QuantizeReport = {
  source: 'in.gguf',
  sourceBytes: 2_000_000,
  out: 'out.gguf',
  status: 'planned',
  recipe: resolveStock('Q4_K_M', bareHeader(llama({ layers: 1, isTied: true }))),
  recipeHash: 'a'.repeat(64),
  engine: { kind: 'embedded', program: 'the embedded llama.cpp' },
  bytes: 1_000_000,
  bpw: 4.8125,
  outputs: [],
  findings: [],
  notes: ['note'],
  seconds: 0,
};

test('a plan says what would be', () => {
  const document = quantizeDocument(REPORT);
  expect(quantizeDocumentSchema.parse(document)).toEqual(document);
  expect(document).toMatchObject({
    schema: 'ggufix.quantize/1',
    source: 'in.gguf',
    output: 'out.gguf',
    outputs: [],
    status: 'planned',
    recipe: { name: 'Q4_K_M', fileType: 'Q4_K_M', sha256: 'a'.repeat(64) },
    engine: { kind: 'embedded', program: 'the embedded llama.cpp' },
    bytes: 1_000_000,
    bitsPerWeight: 4.8125,
    notes: ['note'],
    seconds: 0,
  });
  expect(document.tensors).toHaveLength(8);
  expect(document.tensors[0]).toEqual({ name: 'token_embd.weight', type: 'Q6_K', why: 'as in stock Q4_K_M' });
  expect(document.types.map(({ type, tensors }) => [type, tensors])).toEqual([
    ['Q6_K', 3],
    ['Q4_K', 5],
  ]);
  expect(Object.keys(document)).not.toContain('sidecar');
});

test('a result says what is there, and what was found in it', () => {
  const finding = {
    rule: 'area/rule',
    severity: 'warning',
    message: 'odd',
    affects: ['ollama <1'],
    place: { kind: 'tensor', name: 'a', offset: 7, length: 8 },
    data: undefined,
    fix: { safety: 'safe', title: 'mend it', edits: [] },
  } as const;
  const document = quantizeDocument({
    ...REPORT,
    status: 'made',
    engine: { ...REPORT.engine, version: '0.5.0 (embedded)' },
    outputs: ['out-00001-of-00002.gguf', 'out-00002-of-00002.gguf'],
    sidecar: 'out.recipe.json',
    sourceHash: 'b'.repeat(64),
    findings: [finding],
    seconds: 1.23456,
    evaluation: {
      meanKld: { value: 0.01, error: 0.001 },
      sameTop: { value: 90, error: 1 },
      rmsDeltaP: { value: 3, error: 0.1 },
      perplexity: { value: 13, error: 0.1 },
      perplexityRatio: { value: 1.01, error: 0.001 },
      contextSize: 512,
      chunks: 2,
      tokens: 510,
      size: { bytes: 1_000_000, bitsPerWeight: 4.8, vocabularySize: 1024 },
    },
  });
  expect(quantizeDocumentSchema.parse(document)).toEqual(document);
  expect(document).toMatchObject({
    engine: { version: '0.5.0 (embedded)' },
    outputs: ['out-00001-of-00002.gguf', 'out-00002-of-00002.gguf'],
    sidecar: 'out.recipe.json',
    sourceSha256: 'b'.repeat(64),
    findings: [{ rule: 'area/rule', fix: { safety: 'safe', title: 'mend it' } }],
    evaluation: { meanKld: { value: 0.01 }, sameTopPercent: { value: 90 }, tokens: 510, bytes: 1_000_000 },
    seconds: 1.235,
  });
});
