import { expect, test } from 'vitest';
import { parseNameTemplate } from '../../../src/batch/manifest/name-template.js';
import { MAX_MANIFEST_PATH } from '../../../src/limits.js';

test('text, fields, braces and folders', () => {
  expect(parseNameTemplate('{model}/{{x}}-{label}.gguf')).toEqual([
    { field: 'model' },
    { text: '/' },
    { text: '{' },
    { text: 'x' },
    { text: '}' },
    { text: '-' },
    { field: 'label' },
    { text: '.gguf' },
  ]);
});

test.each([
  ['{modle}', "no field of names is called 'modle', did you mean 'model'?"],
  ['{}', "no field of names is called ''; known are {model}, {label}, {type}, {architecture}"],
  ['{MODEL}', "no field of names is called 'MODEL'"],
  ['{constructor}', "no field of names is called 'constructor'"],
  ['{model', 'has a { without its match'],
  ['model}', 'has a } without its match'],
  ['{{model}', 'has a } without its match'],
  ['', 'has an empty part'],
  ['/etc/{model}', 'has an empty part'],
  ['a//{model}', 'has an empty part'],
  ['{model}/', 'has an empty part'],
  ['../{model}', "has '..', which cannot be a name"],
  ['a/./{model}', "has '.', which cannot be a name"],
  ['.{model}', "has '.x', which cannot be a name"],
  ['C:\\{model}', "has 'C:\\x', which cannot be a name"],
  ['{model}\\x', "has 'x\\x', which cannot be a name"],
  ['aux/{model}', "has 'aux', which cannot be a name"],
  ['{model}\u0000', 'which cannot be a name'],
  ['{model}. ', 'which cannot be a name'],
  ['x'.repeat(MAX_MANIFEST_PATH + 1), 'has at most 4095 characters'],
])('%j is refused', (template, problem) => {
  expect(() => parseNameTemplate(template)).toThrow(problem);
});
