import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { predictSize } from '../../../../src/quantizer/recipes/predict.js';
import { findPreset, PRESET_FILES, PRESETS } from '../../../../src/quantizer/recipes/presets/presets.js';
import { PRESET_TYPES } from '../../../../src/quantizer/recipes/presets/types.js';
import { parseRecipe } from '../../../../src/quantizer/recipes/read.js';
import { resolveRecipe } from '../../../../src/quantizer/recipes/resolve.js';
import { ggmlTypeName } from '../../../../src/quantizer/recipes/target-types.js';
import { dataPath, describeWithData } from '../../../support/data.js';
import { bareHeader } from '../support/header-only.js';
import { gemma3n, llama } from '../support/shapes.js';

test('the eleven presets, each with all of its types', () => {
  expect(PRESETS.map(({ name }) => name)).toEqual([
    ...['UD-IQ1_S', 'UD-IQ1_M', 'UD-IQ2_XXS', 'UD-IQ2_M', 'UD-Q2_K_XL', 'UD-IQ3_XXS'],
    ...['UD-Q3_K_XL', 'UD-Q4_K_XL', 'UD-Q5_K_XL', 'UD-Q6_K_XL', 'UD-Q8_K_XL'],
  ]);
  for (const types of PRESET_TYPES) expect(Object.values(types).every(Boolean), types.name).toBe(true);
});

test.each(PRESET_FILES)('$name, written to a file and read again, is the same', (file) => {
  const preset = findPreset(file.name.toLowerCase());
  expect(preset).toBeDefined();
  expect(parseRecipe(stringify(file), 'preset.yaml')).toEqual(preset);
  expect(parseRecipe(JSON.stringify(file), 'preset.json')).toEqual(preset);
});

const E2B = bareHeader(gemma3n('E2B'));
const E4B = bareHeader(gemma3n('E4B'));

/** Bytes of all tensors, each padded to 32, from BF16: computed by hand from the table of shapes. */
const TENSOR_BYTES: Readonly<Record<string, readonly [e2b: number, e4b: number]>> = {
  'UD-IQ1_S': [1_976_187_264, 2_629_248_960],
  'UD-IQ1_M': [2_010_200_448, 2_705_041_344],
  'UD-IQ2_XXS': [2_090_219_904, 2_865_702_848],
  'UD-IQ2_M': [2_289_383_808, 3_221_694_400],
  'UD-Q2_K_XL': [2_387_097_984, 3_353_388_992],
  'UD-IQ3_XXS': [2_360_162_688, 3_377_670_080],
  'UD-Q3_K_XL': [2_967_910_784, 4_226_557_888],
  'UD-Q4_K_XL': [3_832_166_784, 5_464_139_712],
  'UD-Q5_K_XL': [4_162_009_472, 6_013_429_696],
  'UD-Q6_K_XL': [4_414_683_520, 6_540_437_440],
  'UD-Q8_K_XL': [7_265_040_768, 10_252_101_568],
};

describe('Gemma 3n', () => {
  test.each(PRESETS)('$name has the tensor bytes of the published sizes', (preset) => {
    const sizes = [E2B, E4B].map((header) => predictSize(header, resolveRecipe(preset, header)).tensorBytes);
    expect(sizes).toEqual(TENSOR_BYTES[preset.name]);
  });

  test.each(PRESETS)('$name decides every tensor by a rule of its own', (preset) => {
    const { choices, warnings } = resolveRecipe(preset, E4B);
    expect(choices).toHaveLength(9 * 35 + 2);
    expect(choices.filter(({ why }) => why.startsWith('as in stock'))).toEqual([]);
    expect(warnings).toEqual([]);
  });
});

describeWithData('the recipes for Gemma 3n', () => {
  const files = PRESETS.flatMap(({ name }) => [`e2b-${name}.txt`, `e4b-${name}.txt`]);

  test('are these and no others', () => {
    expect(readdirSync(dataPath('recipes')).sort()).toEqual([...files].sort());
  });

  test.each(files)('%s is what the preset comes to', (file) => {
    const [, size = '', name = ''] = /^(e[24]b)-(.+)\.txt$/.exec(file) ?? [];
    const preset = findPreset(name);
    const lines = readFileSync(dataPath('recipes', file), 'utf8').trim().split('\n');
    const rules = lines.map((line) => ({ pattern: new RegExp(line.split('=')[0]!), type: line.split('=')[1]! }));
    const { choices } = resolveRecipe(preset!, size === 'e2b' ? E2B : E4B);
    const expected = choices.map(({ tensor: { name } }) => {
      return [name, rules.find(({ pattern }) => pattern.test(name))?.type.toLowerCase()];
    });
    expect(choices.map(({ tensor, type }) => [tensor.name, ggmlTypeName(type).toLowerCase()])).toEqual(expected);
  });
});

describe('any decoder', () => {
  const names = (when: (name: string) => boolean) => (entry: { readonly tensor: { readonly name: string } }) =>
    when(entry.tensor.name);

  test.each(PRESETS)('$name decides every tensor of a llama and of a mixture of experts by a rule', (preset) => {
    for (const model of [
      llama({ layers: 32 }),
      llama({ layers: 32, isTied: true }),
      llama({ layers: 9, experts: 8 }),
    ]) {
      const { choices, warnings } = resolveRecipe(preset, bareHeader(model));
      expect(choices.filter(({ why }) => why.startsWith('as in stock'))).toEqual([]);
      expect(warnings).toEqual([]);
    }
  });

  test('the output matrix and the embedding are apart where a model has both', () => {
    const { choices } = resolveRecipe(findPreset('UD-Q3_K_XL')!, bareHeader(llama({ layers: 2 })));
    const byName = Object.fromEntries(choices.map(({ tensor, type }) => [tensor.name, type]));
    expect(byName).toMatchObject({ 'token_embd.weight': 'Q5_K', 'output.weight': 'Q6_K' });
  });

  test('attention has more bits where experts make up the model', () => {
    const dense = resolveRecipe(findPreset('UD-IQ2_XXS')!, bareHeader(llama({ layers: 4 }))).choices;
    const mixture = resolveRecipe(findPreset('UD-IQ2_XXS')!, bareHeader(llama({ layers: 4, experts: 16 }))).choices;
    const query = names((name) => name === 'blk.1.attn_q.weight');
    expect([dense.find(query)?.type, mixture.find(query)?.type]).toEqual(['IQ2_XXS', 'Q5_K']);
  });

  test('layers that predict further tokens get a type that needs no imatrix', () => {
    const model = llama({ layers: 9 });
    const header = bareHeader({
      ...model,
      metadata: [...model.metadata, ['llama.nextn_predict_layers', { type: 'uint32', value: 1 }]],
    });
    const { choices } = resolveRecipe(findPreset('UD-IQ1_S')!, header);
    const types = (layer: number): Set<string> => {
      return new Set(choices.filter(names((name) => name.startsWith(`blk.${layer}.`))).map(({ type }) => type));
    };
    expect([...types(8)]).toEqual(['Q4_K']);
    expect(choices.find(names((name) => name === 'blk.7.ffn_down.weight'))?.type).toBe('IQ3_S');
  });
});
