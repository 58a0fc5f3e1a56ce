import { expect, test } from 'vitest';
import { requiredKey } from '../../../src/checks/policy/required-key.js';
import { found, model } from './policy-test.js';

const messages = (...keys: string[]): string[] => found(requiredKey, { keys }).map(({ message }) => message);

test('passes where the keys are there, also by a wildcard', () => {
  expect(found(requiredKey)).toEqual([]);
  expect(messages('general.architecture', 'general.source.*', 'general.?icense')).toEqual([]);
});

test('names each key that is missing, once', () => {
  expect(messages('general.name', 'general.name', 'tokenizer.*')).toEqual([
    "the policy asks for the key 'general.name', the file has none",
    "the policy asks for the key 'tokenizer.*', the file has none",
  ]);
});

test('says nothing of a header that was cut off', () => {
  expect(found(requiredKey, { keys: ['general.name'] }, model().cutAt(60).bytes())).toEqual([]);
});
