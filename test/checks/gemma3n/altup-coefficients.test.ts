import { describe, expect, test } from 'vitest';
import { altupCoefficients } from '../../../src/checks/gemma3n/altup-coefficients.js';
import { gguf } from '../../support/gguf-builder.js';
import { testRule } from '../rule-test.js';
import { findingsWithData, floats } from '../tensor/check-with-data.js';

const fileOf = (name: string, weight: number, architecture = 'gemma3n'): Uint8Array =>
  gguf()
    .metadata('general.architecture', { type: 'string', value: architecture })
    .tensor(name, 'F32', [2], { bytes: floats(1, weight) })
    .bytes();

describe('gemma3n/altup-coefficients', () => {
  testRule(altupCoefficients, []);

  test('finds a coefficient beyond the limit, as an info', async () => {
    for (const name of ['blk.0.altup_predict_coef.weight', 'blk.3.altup_correct_coef.weight']) {
      expect(await findingsWithData(altupCoefficients, fileOf(name, -131))).toMatchObject([
        {
          severity: 'info',
          data: { tensor: name, maxAbs: 131 },
          message: expect.stringMatching(/up to 131, expected at most 120/),
        },
      ]);
    }
  });

  test.each([
    fileOf('blk.0.altup_predict_coef.weight', 120),
    fileOf('blk.0.altup_router.weight', 131),
    fileOf('blk.0.altup_predict_coef.weight', 131, 'llama'),
  ])('accepts good file %#', async (bytes) => {
    expect(await findingsWithData(altupCoefficients, bytes)).toEqual([]);
  });
});
