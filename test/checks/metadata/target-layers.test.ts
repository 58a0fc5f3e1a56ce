import { describe, expect, test } from 'vitest';
import { targetLayers } from '../../../src/checks/metadata/target-layers.js';
import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';
import { findingsOf, testRule } from '../rule-test.js';

const draft = (count: number): GgufBuilder =>
  gguf()
    .metadata('general.architecture', { type: 'string', value: 'dflash' })
    .metadata('dflash.target_layers', {
      type: 'array',
      itemType: 'int32',
      items: Array.from({ length: count }, () => 1),
    });

describe('metadata/target-layers', () => {
  testRule(targetLayers, [
    {
      title: 'an array that no model fits',
      bytes: draft(513).bytes(),
      message: /has 513 elements, expected at most 512/,
    },
  ]);

  test('accepts what a model can have', () => {
    expect(findingsOf(targetLayers, draft(512).bytes())).toEqual([]);
  });
});
