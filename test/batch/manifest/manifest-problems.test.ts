import { describe, expect, test } from 'vitest';
import { problemsOf, problemsOfOutput } from './support/parse.js';

const same = (label: string): string =>
  `it would be written to the file of '${label}': give it a label or a name of its own`;

describe('outputs of one model that would be one file', () => {
  test.each([
    ['[Q4_K_M, q4_k_m]', [`3:19: outputs.1: ${same('Q4_K_M')}`]],
    ['[{bpw: 4, label: a}, {bpw: 5, label: A}]', [`3:31: outputs.1: ${same('a')}`]],
    ['[{bpw: 4, label: a}, {bpw: 5, label: a, name: "b/{label}"}]', []],
    ['[{bpw: 4, name: "{model}.gguf"}, {bpw: 5, name: "{model}.gguf"}]', [`3:43: outputs.1: ${same('4bpw')}`]],
    ['[{type: Q8_0, name: "{type}.gguf"}, {type: Q4_0, name: "{type}.gguf"}]', []],
    ['[{fix: safe, inPlace: true}, {fix: unsafe, inPlace: true}]', ['3:39: outputs.1: a model is fixed in place once']],
    ['[{fix: safe}, {fix: safe, inPlace: true}]', []],
    ['[Q8_0, {type: Q8_0, asIs: true, label: plain}]', []],
  ])('%s', (text, problems) => {
    expect(problemsOfOutput(text)).toEqual(problems);
  });

  test('those of single models, too, and each model for itself', () => {
    const models = 'models: [{source: a, outputs: [Q8_0, Q8_0]}, {source: b, outputs: Q8_0}]';
    expect(problemsOf(`${models}\noutput: out`)).toEqual([`1:38: models.0.outputs.1: ${same('Q8_0')}`]);
  });
});

test('a model twice', () => {
  expect(problemsOf('models: [a, {source: a}]\noutput: out\noutputs: Q8_0')).toEqual([
    "1:13: models.1: the model 'a' is there twice",
  ]);
});

test('no outputs', () => {
  expect(problemsOf('models: a\noutput: out')).toEqual([
    '1:1: outputs: there are no outputs: say what is made, such as [Q4_K_M, Q8_0]',
  ]);
  expect(problemsOf('models: [{source: a, outputs: Q8_0}]\noutput: out')).toEqual([]);
});

test('no folder, which only fixes in place can do without', () => {
  const missing = ['1:1: output: say into which folder the outputs go'];
  expect(problemsOf('models: a\noutputs: [{fix: safe, inPlace: true}]')).toEqual([]);
  expect(problemsOf('models: a\noutputs: [fix]')).toEqual(missing);
  expect(problemsOf('models: [a, {source: b, outputs: Q8_0}]\noutputs: [{fix: safe, inPlace: true}]')).toEqual(missing);
});
