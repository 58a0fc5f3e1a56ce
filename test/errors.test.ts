import { expect, test } from 'vitest';
import { badOption, isGgufError } from '../src/errors.js';

test('an option that is wrong is its one problem', () => {
  const error = badOption('give the output with -o');
  expect(isGgufError(error, 'bad-option')).toBe(true);
  expect(error).toMatchObject({
    message: 'give the output with -o',
    details: { problems: ['give the output with -o'] },
  });
});
