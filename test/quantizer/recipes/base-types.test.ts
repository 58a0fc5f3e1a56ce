import { expect, test } from 'vitest';
import { fileTypeId } from '../../../src/gguf/file-types.js';
import { BASE_TYPES, type BaseType, parseBaseType, takesOverrides } from '../../../src/quantizer/recipes/base-types.js';
import { describeWithTools, runTool } from '../../support/llama-tools.js';

test('names in any case, and the short ones of llama-quantize', () => {
  expect(['q4_k_m', 'Q4_K', 'q5_k', 'q3_K', 'iq2_xxs'].map(parseBaseType)).toEqual([
    ...['Q4_K_M', 'Q4_K_M', 'Q5_K_M', 'Q3_K_M', 'IQ2_XXS'],
  ]);
  expect(['Q4_K_XL', 'COPY', '', 'toString', 'constructor', '15'].map(parseBaseType)).toEqual(Array(6).fill(undefined));
});

test('every one is a file type, and all but the plain ones take overrides', () => {
  const names = Object.keys(BASE_TYPES) as BaseType[];
  expect(names.filter((name) => fileTypeId(name) === undefined)).toEqual([]);
  expect(names.filter((name) => !takesOverrides(name))).toEqual(['F32', 'F16', 'BF16']);
});

describeWithTools('the real llama-quantize', ['llama-quantize'], () => {
  test('names these file types and no others, with these numbers', () => {
    // Without arguments it prints its help and ends with 1.
    const help = (() => {
      try {
        return runTool('llama-quantize', ['--help']).out;
      } catch (error) {
        return String(error);
      }
    })();
    const named = [...help.matchAll(/^ +(\d+) {2}or {2}(\S+) *: (?!alias)/gm)].map(([, id, name]) => `${name} ${id}`);
    const ours = Object.keys(BASE_TYPES).map((name) => `${name} ${fileTypeId(name)}`);
    expect(named.sort()).toEqual(ours.sort());
  });
});
