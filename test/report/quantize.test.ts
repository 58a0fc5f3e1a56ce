import { describe, expect, test } from 'vitest';
import { resolveStock } from '../../src/quantizer/recipes/stock.js';
import { type QuantizeReport, renderQuantize, typeRows } from '../../src/report/quantize.js';
import { PLAIN } from '../../src/report/styles.js';
import { displayWidth } from '../../src/report/text-width.js';
import { bareHeader } from '../quantizer/recipes/support/header-only.js';
import { llama } from '../quantizer/recipes/support/shapes.js';

const page = { width: 80, styles: PLAIN };
const recipe = resolveStock('Q4_K_M', bareHeader(llama({ layers: 2, isTied: true })));

const REPORT: QuantizeReport = {
  source: 'in.gguf',
  sourceBytes: 20_000_000,
  out: 'out.gguf',
  status: 'made',
  recipe,
  recipeHash: 'a'.repeat(64),
  engine: { kind: 'llama-quantize', program: '/usr/bin/llama-quantize', version: '0.7.0 (build 11669)' },
  bytes: 6_000_000,
  bpw: 4.8125,
  outputs: ['out.gguf'],
  sidecar: 'out.recipe.json',
  sourceHash: 'b'.repeat(64),
  findings: [],
  notes: [],
  seconds: 12.345,
};

describe('renderQuantize', () => {
  test('says what was made, of what types, by whom, and what it costs', () => {
    expect(renderQuantize(REPORT, page)).toBe(`in.gguf → out.gguf
    Q4_K_M, by /usr/bin/llama-quantize, 0.7.0 (build 11669)

    type  tensors    weights      size   share
    Q6_K        3  1,310,720  1.03 MiB  30.0 %
    Q4_K       12  4,456,448  2.39 MiB  70.0 %

  ✓ wrote 5.72 MiB (6,000,000 bytes) in 12 s, 4.81 bpw, 30.0 % of the model;
    recipe in out.recipe.json
`);
  });

  test('of a dry run says what would be', () => {
    const { version: _version, ...engine } = REPORT.engine;
    const text = renderQuantize({ ...REPORT, status: 'planned', engine, outputs: [], seconds: 0 }, page);
    expect(text).toContain('    Q4_K_M, by /usr/bin/llama-quantize\n');
    expect(text).toContain('    would be 5.72 MiB (6,000,000 bytes), 4.81 bpw, 30.0 % of the model\n');
    expect(text).not.toContain('✓');
  });

  test('names recipe and base where they differ, findings, notes, shards and what was measured', () => {
    const text = renderQuantize(
      {
        ...REPORT,
        recipe: { ...recipe, name: 'UD-Q4_K_XL' },
        outputs: ['a', 'b'],
        findings: [finding('error', 'the first thing is wrong'), finding('warning', 'the second thing is odd')],
        notes: ['something to know'],
        evaluation: EVALUATION,
      },
      page,
    );
    expect(text).toContain('UD-Q4_K_XL over Q4_K_M, by');
    expect(text).toContain('  ✗ the first thing is wrong [area/rule]\n');
    expect(text).toContain('  ! the second thing is odd [area/rule]\n');
    expect(text).toContain('  ! something to know\n');
    expect(text).toContain(' in 2 files in 12 s,');
    expect(text).toContain('mean KL divergence 0.016600 ± 0.000100 nats, 99.9 % below 0.2245; same top');
  });

  test('keeps to 80 columns, also with long words, and to what a terminal may be told', () => {
    const long = 'x'.repeat(200);
    const text = renderQuantize(
      {
        ...REPORT,
        recipe: { ...recipe, name: `${long}\u001b[2J` },
        engine: { ...REPORT.engine, program: `/${long}` },
        notes: [`${long} ${'word '.repeat(50)}`],
        sidecar: `${long}.json`,
      },
      page,
    );
    expect(text).not.toContain('\u001b');
    for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80);
  });

  test('of a model without anything to quantize has no table', () => {
    const text = renderQuantize({ ...REPORT, recipe: { ...recipe, choices: [] } }, page);
    expect(text).toContain('    no tensor that llama-quantize quantizes\n');
    expect(text).not.toContain('NaN');
  });
});

test('typeRows add up what the recipe gives, most bits first', () => {
  const rows = typeRows(recipe);
  expect(rows.map(({ type, tensors }) => [type, tensors])).toEqual([
    ['Q6_K', 3],
    ['Q4_K', 12],
  ]);
  expect(rows.map(({ bytes }) => bytes)).toEqual([(1_310_720 / 256) * 210, (4_456_448 / 256) * 144]);
});

function finding(severity: 'error' | 'warning', message: string): QuantizeReport['findings'][number] {
  return {
    rule: 'area/rule',
    severity,
    message,
    affects: [],
    place: { kind: 'file', offset: 0, length: 0 },
    data: undefined,
  };
}

const estimate = (value: number, error: number) => ({ value, error });

const EVALUATION: NonNullable<QuantizeReport['evaluation']> = {
  meanKld: estimate(0.0166, 0.0001),
  medianKld: 0.01,
  kld999: 0.2245,
  sameTop: estimate(91.7, 0.1),
  rmsDeltaP: estimate(3, 0.1),
  perplexity: estimate(13.3, 0.1),
  perplexityRatio: estimate(1.01, 0.001),
  contextSize: 512,
  chunks: 2,
  tokens: 510,
  size: { bytes: 1, bitsPerWeight: 4, vocabularySize: 1024 },
};
