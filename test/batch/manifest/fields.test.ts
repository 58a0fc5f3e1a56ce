import { describe, expect, test } from 'vitest';
import { valueText } from '../../../src/batch/manifest/fields.js';
import { MAX_MANIFEST_KEYS, MAX_MANIFEST_LABEL, MAX_MANIFEST_PATH } from '../../../src/limits.js';
import { manifestWith, problemsOfLine, problemsOfOutput } from './support/parse.js';

describe('metadata to set', () => {
  test.each([
    ['set: { "a b": 1 }', '4:8: a key has letters, digits, dots, dashes and underscores, at most 255'],
    ['set: { a: [1] }', '4:11: set.a: expected a text, a number, true, false or {type, value}'],
    ['set: { a: null }', '4:11: set.a: expected a text, a number, true, false or {type, value}'],
    ['set: { a: { type: uint9, value: 1 } }', "4:11: set.a: 'uint9' is no value type; expected uint8 … uint64"],
    ['set: { a: { type: uint8, value: null } }', '4:33: set.a.value: expected a text, a number, true, false or a list'],
    ['set: { a: { type: "uint8[]", value: [[1]] } }', '4:38: set.a.value.0: expected a text, a number, true or false'],
    ['set: { a: { type: uint8, value: x } }', "4:11: set.a: value: 'x' is no uint8"],
    ['set: { a: { type: uint8, vale: 1 } }', "4:26: unknown key 'vale', did you mean 'value'?"],
    ['set: { a: { type: "uint8[]", value: 1 } }', '4:11: set.a: value is an array; expected JSON such as [1, 2, 3]'],
    ['set: { a: 9007199254740993 }', '4:11: set.a: an integer beyond 2^53 is written as a text with its type'],
  ])('%j', (line, problem) => {
    expect(problemsOfLine(line)).toContainEqual(expect.stringContaining(problem));
  });

  test('has a limit', () => {
    const keys = (count: number): string => `set: {${Array.from({ length: count }, (_, i) => `k${i}: 1`).join(', ')}}`;
    expect(problemsOfLine(keys(MAX_MANIFEST_KEYS))).toEqual([]);
    expect(problemsOfLine(keys(MAX_MANIFEST_KEYS + 1))).toEqual(['4:6: set: more than 256 keys to set']);
  });

  test('a value as its parser reads it', () => {
    expect([valueText(1.5), valueText(true), valueText(['a', 1])]).toEqual(['1.5', 'true', '["a",1]']);
  });

  test('names that mean something to JavaScript are keys like others, or none', () => {
    expect(Object.keys(manifestWith('set: { __proto__: x, constructor: y }').set)).toEqual(['constructor']);
  });
});

test('lengths are limited', () => {
  expect(problemsOfOutput(`{type: Q8_0, label: ${'x'.repeat(MAX_MANIFEST_LABEL)}}`)).toEqual([]);
  expect(problemsOfOutput(`{type: Q8_0, label: ${'x'.repeat(MAX_MANIFEST_LABEL + 1)}}`)).toHaveLength(1);
  expect(problemsOfOutput(`{like: ${'x'.repeat(MAX_MANIFEST_PATH + 1)}}`)).toHaveLength(1);
  expect(problemsOfLine(`name: ${'x'.repeat(MAX_MANIFEST_PATH + 1)}`)).toHaveLength(1);
});
