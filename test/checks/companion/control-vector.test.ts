import { describe, expect, test } from 'vitest';
import { controlVector } from '../../../src/checks/companion/control-vector.js';
import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';
import { findingsOf, testRule } from '../rule-test.js';

const vector = (): GgufBuilder =>
  gguf()
    .metadata('general.architecture', { type: 'string', value: 'controlvector' })
    .tensor('direction.1', 'F32', [32]);

describe('companion/control-vector', () => {
  testRule(controlVector, [
    {
      title: 'a layer that no model has',
      bytes: vector().tensor('direction.999999999', 'F32', [32]).bytes(),
      data: { fault: 'layer' },
      message:
        /'direction.999999999' is a direction of a layer that no model has, expected 1 to 511: llama.cpp reserves/,
    },
    { title: 'layer 0', bytes: vector().tensor('direction.0', 'F32', [32]).bytes(), data: { fault: 'layer' } },
    { title: 'a negative layer', bytes: vector().tensor('direction.-1', 'F32', [32]).bytes(), data: { fault: 'name' } },
    { title: 'another length', bytes: vector().tensor('direction.2', 'F32', [16]).bytes(), data: { fault: 'shape' } },
    { title: 'another type', bytes: vector().tensor('direction.2', 'F16', [32]).bytes(), data: { fault: 'shape' } },
  ]);

  test('accepts a sound one, and other files', () => {
    expect(findingsOf(controlVector, vector().tensor('direction.511', 'F32', [32, 1]).bytes())).toEqual([]);
    expect(findingsOf(controlVector, gguf().tensor('direction.0', 'F32', [32]).bytes())).toEqual([]);
  });
});
