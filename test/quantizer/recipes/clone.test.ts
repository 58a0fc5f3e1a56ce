import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Header } from '../../../src/gguf/model.js';
import { readHeader } from '../../../src/gguf/parse.js';
import { cloneRecipe } from '../../../src/quantizer/recipes/clone.js';
import { findPreset } from '../../../src/quantizer/recipes/presets/presets.js';
import { parseRecipe } from '../../../src/quantizer/recipes/read.js';
import { resolveRecipe } from '../../../src/quantizer/recipes/resolve.js';
import { openFile } from '../../../src/sources/file.js';
import { dataPath, describeWithData } from '../../support/data.js';
import { describeWithTools, runTool } from '../../support/llama-tools.js';
import { tempFolder } from '../../support/temp.js';
import { tensorTypeFlags } from './support/dry-run.js';
import { type BareModel, bareHeader, u32 } from './support/header-only.js';
import { llama } from './support/shapes.js';

/** A llama whose matrices have another type. */
function llamaOf(type: BareModel['tensors'][number]['type'], fileType?: number): BareModel {
  const { metadata, tensors } = llama({ layers: 1 });
  return {
    metadata: fileType === undefined ? metadata : [...metadata, ['general.file_type', u32(fileType)]],
    tensors: tensors.map((tensor) => (tensor.dims.length > 1 ? { ...tensor, type } : tensor)),
  };
}

test('a pin for each tensor that llama-quantize quantizes, and what model it is of', () => {
  const { recipe, notes } = cloneRecipe(bareHeader(llamaOf('Q4_K', 14)), 'mine');
  expect(recipe).toMatchObject({
    name: 'mine',
    fileType: 'Q4_K_S',
    rules: [],
    source: { architecture: 'llama', layers: 1, depth: 1, firstSharedLayer: 1 },
  });
  expect(Object.keys(recipe.pins)).toHaveLength(9);
  expect(recipe.pins['output.weight']).toEqual({ type: 'Q4_K' });
  expect(notes).toEqual([]);
  expect(parseRecipe(stringify(recipe), 'r.yaml')).toEqual(recipe);
});

describe('the base', () => {
  test.each([
    ['none is named', undefined, 'Q5_K', 'Q5_K_M'],
    ['one is named that no file has', 99, 'IQ3_S', 'IQ3_S'],
    ['a guess of llama.cpp', 1024 + 15, 'Q4_K', 'Q4_K_M'],
    ['one is named that ignores overrides', 1, 'Q2_K', 'Q2_K'],
    ['a type that no base is named after', undefined, 'MXFP4', 'MXFP4_MOE'],
    ['a type that no base has', undefined, 'NVFP4', 'Q8_0'],
  ] as const)('%s', (_name, fileType, type, base) => {
    expect(cloneRecipe(bareHeader(llamaOf(type, fileType)), 'x').recipe.fileType).toBe(base);
  });
});

test('a file that is not quantized has no recipe', () => {
  expect(() => cloneRecipe(bareHeader(llama({ layers: 1 })), 'x')).toThrow(
    "'x' has no quantized tensors: there is no recipe to read off",
  );
});

test('types that llama-quantize could not give are named', () => {
  const model = llamaOf('Q4_K');
  const odd = { name: 'blk.0.altup_router.weight', type: 'Q4_K', dims: [256, 4] } as const;
  const deadly = { name: 'blk.0.extra.weight', type: 'Q8_K', dims: [256, 4] } as const;
  const { recipe, notes } = cloneRecipe(bareHeader({ ...model, tensors: [...model.tensors, odd, deadly] }), 'x');
  expect(notes).toEqual([
    "'blk.0.altup_router.weight' is Q4_K here, but llama-quantize keeps it as it is in the source",
    "'blk.0.extra.weight' is Q8_K here, which llama-quantize cannot make",
  ]);
  expect(Object.keys(recipe.pins)).not.toContain('blk.0.extra.weight');
});

describeWithData('with the trained Gemma 3n', () => {
  describeWithTools('clone, resolve and llama-quantize', ['llama-quantize'], () => {
    const gemma = dataPath('model', 'tiny-gemma3n-BF16.gguf');
    const imatrix = dataPath('model', 'tiny-gemma3n.imatrix.gguf');

    test.each(['UD-Q4_K_XL', 'Q3_K_M', 'Q4_0'])(
      'give the types of a real %s again',
      async (name) => {
        const preset = findPreset(name);
        const source = await headerOf(gemma);
        const flags = preset === undefined ? ['--imatrix', imatrix] : tensorTypeFlags(resolveRecipe(preset, source));
        const original = await quantize(gemma, flags, preset?.fileType ?? name);
        const { recipe, notes } = cloneRecipe(original, name);
        expect(notes).toEqual([]);
        const again = await quantize(gemma, tensorTypeFlags(resolveRecipe(recipe, source)), recipe.fileType);
        expect(typesOf(again)).toEqual(typesOf(original));
        expect(recipe.fileType).toBe(preset?.fileType ?? name);
      },
      60_000,
    );
  });
});

async function quantize(model: string, flags: readonly string[], type: string): Promise<Header> {
  const out = path.join(tempFolder(), 'out.gguf');
  runTool('llama-quantize', [...flags, model, out, type, '1']);
  return await headerOf(out);
}

async function headerOf(file: string): Promise<Header> {
  await using source = await openFile(file);
  return await readHeader(source);
}

function typesOf({ tensors }: Header): string[] {
  return tensors.map(({ name, type }) => `${name} ${type}`);
}
