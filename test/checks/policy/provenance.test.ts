import { expect, test } from 'vitest';
import { provenance } from '../../../src/checks/policy/provenance.js';
import { gguf } from '../../support/gguf-builder.js';
import { found, model } from './policy-test.js';

const ask = (...keys: string[]) => found(provenance, { provenance: keys });

test('passes where the keys say something', () => {
  expect(found(provenance)).toEqual([]);
  expect(ask('general.quantized_by', 'general.source.*')).toEqual([]);
  const items = ['apache-2.0'];
  const list = gguf().metadata('general.tags', { type: 'array', itemType: 'string', items }).bytes();
  expect(found(provenance, { provenance: ['general.tags'] }, list)).toEqual([]);
});

test('names keys that are missing, and those that are blank at their place', () => {
  expect(ask('general.author', 'general.license')).toMatchObject([
    { place: { kind: 'file' }, message: "the policy asks for the provenance key 'general.author', the file has none" },
    {
      place: { kind: 'metadata', name: 'general.license' },
      message: "the policy asks for the provenance key 'general.license', which says nothing",
    },
  ]);
});

test('says nothing of a header that was cut off', () => {
  expect(found(provenance, { provenance: ['general.author'] }, model().cutAt(60).bytes())).toEqual([]);
});
