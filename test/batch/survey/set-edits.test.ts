import { expect, test } from 'vitest';
import type { ManifestValue, ManifestValues } from '../../../src/batch/manifest/manifest.js';
import { setEdits } from '../../../src/batch/survey/set-edits.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { gguf } from '../../support/gguf-builder.js';

const header = parseHeader(
  gguf()
    .metadata('general.architecture', { type: 'string', value: 'llama' })
    .metadata('is.bool', { type: 'bool', value: true })
    .metadata('is.u8', { type: 'uint8', value: 1 })
    .metadata('is.i64', { type: 'int64', value: 1 })
    .metadata('is.f32', { type: 'float32', value: 1 })
    .metadata('is.string', { type: 'string', value: 'x' })
    .metadata('is.array', { type: 'array', itemType: 'string', items: ['x'] })
    .bytes(),
);

const edit = (values: ManifestValues) => setEdits(header, values);

test.each<readonly [string, ManifestValue, object]>([
  ['is.bool', false, { type: 'bool', value: false }],
  ['is.u8', 255, { type: 'uint8', value: 255n }],
  ['is.i64', -5, { type: 'int64', value: -5n }],
  ['is.f32', 2, { type: 'float32', value: 2 }],
  ['is.string', 'text', { type: 'string', value: 'text' }],
  ['is.string', 5, { type: 'string', value: '5' }],
  ['new.text', 'text', { type: 'string', value: 'text' }],
  ['new.bool', true, { type: 'bool', value: true }],
  ['new.count', 7, { type: 'uint32', value: 7n }],
  ['new.large', 2 ** 32, { type: 'uint64', value: 2n ** 32n }],
  ['new.low', -(2 ** 31) - 1, { type: 'int64', value: -(2n ** 31n) - 1n }],
  ['new.negative', -7, { type: 'int32', value: -7n }],
  ['new.float', 0.5, { type: 'float32', value: 0.5 }],
  ['llama.context_length', 4096, { type: 'uint32', value: 4096n }],
  ['llama.rope.freq_base', 10000, { type: 'float32', value: 10000 }],
  ['new.u64', { type: 'uint64', value: '18446744073709551615' }, { type: 'uint64', value: 2n ** 64n - 1n }],
  ['is.string', { type: 'uint32', value: 5 }, { type: 'uint32', value: 5n }],
])('%s: %j', (key, value, expected) => {
  expect(edit({ [key]: value })).toEqual([{ op: 'set-metadata', key, value: expected }]);
});

test('arrays have the type of their items', () => {
  const [found] = edit({ tags: { type: 'string[]', value: ['a', 'b'] } });
  expect(found).toMatchObject({ key: 'tags', value: { type: 'array' } });
});

test.each<readonly [string, ManifestValue]>([
  ['is.u8', 256],
  ['is.u8', 'text'],
  ['is.bool', 'maybe'],
  ['new.u32', { type: 'uint32', value: -1 }],
  ['new.u32', { type: 'uint32', value: 0.5 }],
])('%s does not take %j', (key, value) => {
  expect(() => edit({ [key]: value })).toThrowError(expect.objectContaining({ code: 'bad-value' }));
});

test.each([
  'general.alignment',
  'general.architecture',
  'general.file_type',
  'general.quantization_version',
  'ggufix.source.sha256',
  'split.count',
  'quantize.imatrix.file',
])('%s says how the file is made', (key) => {
  expect(() => edit({ [key]: 1 })).toThrowError(expect.objectContaining({ code: 'bad-option' }));
});

test('keys keep the order of the manifest', () => {
  expect(edit({ b: 1, a: 2 })).toMatchObject([{ key: 'b' }, { key: 'a' }]);
});
