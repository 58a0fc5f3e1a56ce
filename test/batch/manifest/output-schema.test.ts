import { describe, expect, test } from 'vitest';
import { MAX_MANIFEST_OUTPUTS, MAX_MANIFEST_TENSORS } from '../../../src/limits.js';
import { BASE_TYPES } from '../../../src/quantizer/recipes/base-types.js';
import { PRESETS } from '../../../src/quantizer/recipes/presets/presets.js';
import { outputOf, problemsOfOutput } from './support/parse.js';

test('every file type and every preset is a word', () => {
  for (const name of Object.keys(BASE_TYPES)) {
    expect(outputOf(name)).toMatchObject({ making: { kind: 'type', name, asIs: false }, label: name });
  }
  for (const { name } of PRESETS) {
    expect(outputOf(name.toLowerCase())).toMatchObject({ making: { kind: 'recipe', name }, label: name });
  }
});

describe('a problem names line and column', () => {
  test.each([
    ['Q4_K_X', "3:10: outputs: no output is called 'Q4_K_X', did you mean 'Q4_K_S'?"],
    [
      'my.yaml',
      "3:10: outputs: no output is called 'my.yaml'; it is a file type, a preset, fix, or an object such as {recipe: FILE}",
    ],
    ['5', '3:10: outputs: expected a file type, a preset, fix, or an object'],
    ['[]', '3:10: outputs: Too small: expected array to have >=1 items'],
    ['[Q8_0, [Q4_0]]', '3:17: outputs.1: expected a file type, a preset, fix, or an object'],
    ['[Q8_0, {tpye: Q4_0}]', "3:18: unknown key 'tpye', did you mean 'type'?"],
    ['[{type: Q9}]', "3:18: outputs.0.type: no file type is called 'Q9'"],
    ['[{type: Q4_KM}]', "3:18: outputs.0.type: no file type is called 'Q4_KM', did you mean 'Q4_K_M'?"],
    ['[{recipe: UD-Q4_K_XXL}]', "3:20: outputs.0.recipe: there is no recipe 'UD-Q4_K_XXL', did you mean 'UD-Q4_K_XL'?"],
    [
      '[{recipe: mine}]',
      "3:20: outputs.0.recipe: there is no recipe 'mine'; ggufix recipe list names them, and a file needs its ending",
    ],
    ['[{size: 4.2 Gib.}]', "3:18: outputs.0.size: '4.2 Gib.' is no size; write bytes, or 50 GB, 4.5 GiB"],
    ['[{bpw: -1}]', '3:17: outputs.0.bpw: Too small: expected number to be >0'],
    ['[{fix: true}]', '3:17: outputs.0.fix: Invalid option: expected one of "safe"|"unsafe"'],
    ['[{requantize: {}}]', '3:24: outputs.0.requantize: say which tensors: {PATTERN: TYPE}'],
    [
      '[{requantize: {a: Q5_2}}]',
      "3:28: outputs.0.requantize.a: no tensor type is called 'Q5_2', did you mean 'Q5_0'?",
    ],
    ['[{requantize: {"*a*b*c*d*e": Q8_0}}]', '3:25: a pattern has at most four *'],
    ['[{type: Q8_0, name: "../{label}"}]', "3:30: outputs.0.name: '../{label}' has '..', which cannot be a name"],
    [
      '[{type: Q8_0, label: CON}]',
      "3:31: outputs.0.label: 'CON' cannot be part of a file's name on every system; '_CON' can",
    ],
    ['[{type: Q8_0, label: ""}]', '3:31: outputs.0.label: Too small'],
  ])('%j', (text, problem) => {
    expect(problemsOfOutput(text)).toContainEqual(expect.stringContaining(problem));
  });
});

test('counts are limited', () => {
  const outputs = (count: number): string => `[${Array.from({ length: count }, (_, i) => `{bpw: 4, label: l${i}}`)}]`;
  expect(problemsOfOutput(outputs(MAX_MANIFEST_OUTPUTS))).toEqual([]);
  expect(problemsOfOutput(outputs(MAX_MANIFEST_OUTPUTS + 1))).toHaveLength(1);
  const tensors = (count: number): string =>
    `{bpw: 4, tensors: {${Array.from({ length: count }, (_, i) => `t${i}: F16`)}}}`;
  expect(problemsOfOutput(tensors(MAX_MANIFEST_TENSORS))).toEqual([]);
  expect(problemsOfOutput(tensors(MAX_MANIFEST_TENSORS + 1))).toHaveLength(1);
});
