import { describe, expect, test } from 'vitest';
import type { Header } from '../../../src/gguf/model.js';
import { readHeader } from '../../../src/gguf/parse.js';
import { BASE_TYPES, type BaseType } from '../../../src/quantizer/recipes/base-types.js';
import { compareDryRun } from '../../../src/quantizer/recipes/compare-dry-run.js';
import { predictSize } from '../../../src/quantizer/recipes/predict.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { openFile } from '../../../src/sources/file.js';
import { dataPath, describeWithData } from '../../support/data.js';
import { describeWithTools } from '../../support/llama-tools.js';
import { tempFolder } from '../../support/temp.js';
import { dryRunOrStop, dryRunRecipe, dryRunTypes } from './support/dry-run.js';
import { type BareModel, bareHeader, writeBare } from './support/header-only.js';
import { gemma3n, llama } from './support/shapes.js';

const TYPES = Object.keys(BASE_TYPES) as BaseType[];

const SHAPES: readonly (readonly [string, BareModel])[] = [
  ['Gemma 3n E2B', gemma3n('E2B')],
  ['llama, 8 heads share 1', llama({ layers: 33, heads: 8, kvHeads: 1 })],
  ['llama, 4 heads share 1', llama({ layers: 16, heads: 8, kvHeads: 2 })],
  ['llama, no heads shared, tied', llama({ layers: 22, isTied: true })],
  ['llama of 8 experts', llama({ layers: 17, kvHeads: 2, experts: 8 })],
  ['llama of 8 experts, no heads shared', llama({ layers: 17, experts: 8 })],
  ['llama of 4 experts, no heads shared', llama({ layers: 9, experts: 4 })],
  ['llama of 64 experts', llama({ layers: 12, experts: 64, width: 256, feedForward: 256 })],
  ['llama with odd feed-forward rows', llama({ layers: 8, feedForward: 1376 })],
  ['llama with odd rows everywhere', llama({ layers: 8, width: 288, feedForward: 704, heads: 4, kvHeads: 4 })],
  ['llama 70B', llama({ layers: 80, kvHeads: 1, width: 256, feedForward: 256 })],
  ['llama 65B', llama({ layers: 80, width: 256, feedForward: 256 })],
  ['qwen2 72B', llama({ architecture: 'qwen2', layers: 80, width: 256, feedForward: 256 })],
  ['falcon', llama({ architecture: 'falcon', layers: 32, kvHeads: 1 })],
  ['one layer', llama({ layers: 1 })],
];

/** Bytes of all tensors of Gemma 3n E2B and E4B, from BF16 with an imatrix: measured with llama-quantize 0.7.0. */
const GEMMA_3N_BYTES: readonly (readonly [BaseType, number, number])[] = [
  ['IQ1_S', 2_241_870_208, 2_899_699_648],
  ['IQ1_M', 2_280_503_680, 2_984_290_240],
  ['IQ2_XXS', 2_344_892_800, 3_125_274_560],
  ['IQ2_M', 2_474_654_080, 3_389_712_320],
  ['IQ3_XXS', 2_565_486_976, 3_597_526_976],
  ['Q2_K', 2_872_228_224, 3_906_807_744],
  ['Q3_K_M', 3_079_551_360, 4_351_846_336],
  ['IQ4_XS', 3_182_868_864, 4_567_410_624],
  ['Q4_0', 3_239_098_752, 4_692_780_992],
  ['Q4_K_M', 3_300_292_992, 4_836_050_880],
  ['Q5_K_M', 3_501_095_296, 5_253_384_128],
  ['Q6_K', 3_714_447_744, 5_696_800_704],
  ['Q8_0', 4_781_554_048, 7_346_726_848],
  ['BF16', 8_912_288_128, 13_733_537_728],
];

describe('Gemma 3n has the tensor bytes that llama-quantize gives it', () => {
  const headers = [bareHeader(gemma3n('E2B')), bareHeader(gemma3n('E4B'))];
  test.each(GEMMA_3N_BYTES)('%s', (type, ...bytes) => {
    const sizes = headers.map(
      (header) => predictSize(header, resolveStock(type, header, { imatrix: true })).tensorBytes,
    );
    expect(sizes).toEqual(bytes);
  });

  test('IQ3_XXS without an imatrix', () => {
    const sizes = headers.map((header) => predictSize(header, resolveStock('IQ3_XXS', header)).tensorBytes);
    expect(sizes).toEqual([2_595_764_608, 3_670_403_008]);
  });
});

/** Where llama-quantize would stop, its word is what it makes of the choices that are passed to it. */
function deviations(header: Header, file: string, type: BaseType): ReturnType<typeof compareDryRun> {
  const resolved = resolveStock(type, header);
  return compareDryRun(resolved, dryRunOrStop(file, type) ?? dryRunRecipe(file, resolved));
}

/** Types whose mixture asks for an importance matrix. */
const WITH_IMATRIX: readonly BaseType[] = ['IQ3_XXS', 'IQ4_NL', 'IQ4_XS', 'Q4_0', 'Q5_0'];

describeWithTools('the real llama-quantize chooses the same types', ['llama-quantize'], () => {
  test.each(SHAPES)(
    '%s',
    (_name, model) => {
      const header = bareHeader(model);
      const file = writeBare(model, tempFolder());
      for (const type of TYPES) expect(deviations(header, file, type), type).toEqual([]);
    },
    60_000,
  );
});

describeWithData('with real models', () => {
  describeWithTools('the real llama-quantize chooses the same types', ['llama-quantize'], () => {
    const imatrix = dataPath('model', 'tiny-gemma3n.imatrix.gguf');

    test.each(['tiny-gemma3n-BF16.gguf', 'stories260K.gguf'])(
      '%s',
      async (name) => {
        const file = dataPath('model', name);
        await using source = await openFile(file);
        const header = await readHeader(source);
        for (const type of TYPES) {
          expect(deviations(header, file, type), type).toEqual([]);
        }
        for (const type of WITH_IMATRIX) {
          const resolved = resolveStock(type, header, { imatrix: true });
          expect(compareDryRun(resolved, dryRunTypes(file, type, ['--imatrix', imatrix])), `${type}, imatrix`).toEqual(
            [],
          );
        }
      },
      60_000,
    );

    test.each(SHAPES)(
      '%s, with an imatrix',
      (_name, model) => {
        const header = bareHeader(model);
        const file = writeBare(model, tempFolder());
        for (const type of WITH_IMATRIX) {
          const resolved = resolveStock(type, header, { imatrix: true });
          expect(compareDryRun(resolved, dryRunTypes(file, type, ['--imatrix', imatrix])), type).toEqual([]);
        }
      },
      60_000,
    );
  });
});
