import { expect, test } from 'vitest';
import { didYouMean } from '../../src/config/did-you-mean.js';

const KNOWN = ['profile', 'targets', 'rules', 'ignore', 'policy'];

test.each([
  ['profle', 'profile'],
  ['porfile', 'profile'],
  ['rule', 'rules'],
  ['ingore', 'ignore'],
  ['Policy', 'policy'],
  ['target', 'targets'],
])('%s is near to %s', (wrong, word) => {
  expect(didYouMean(wrong, KNOWN)).toBe(`, did you mean '${word}'?`);
});

test.each(['', 'x', 'speed', 'extends', 'x'.repeat(100_000)])('nothing is near to %.20s', (wrong) => {
  expect(didYouMean(wrong, KNOWN)).toBe('');
});
