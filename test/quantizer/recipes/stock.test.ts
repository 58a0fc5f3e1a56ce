import { expect, test } from 'vitest';
import type { Header } from '../../../src/gguf/model.js';
import { readHeader } from '../../../src/gguf/parse.js';
import { BASE_TYPES, type BaseType } from '../../../src/quantizer/recipes/base-types.js';
import { compareDryRun, type Deviation } from '../../../src/quantizer/recipes/compare-dry-run.js';
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

/** Where llama-quantize would stop, its word is what it makes of the choices that are passed to it. */
function deviations(header: Header, file: string, type: BaseType): Deviation[] {
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
