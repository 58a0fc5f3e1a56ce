import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandName, type NameFields, nameFields } from '../../../src/batch/manifest/name.js';
import { outputPath } from '../../../src/batch/manifest/output-path.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { MAX_OUTPUT_NAME_BYTES } from '../../../src/limits.js';
import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';

const FULL = {
  'general.architecture': 'gemma3n',
  'general.basename': 'Gemma 3n',
  'general.size_label': 'E2B',
  'general.finetune': 'it',
  'general.version': '1.0',
};

function model(keys: Readonly<Record<string, string>> = FULL): GgufBuilder {
  return Object.entries(keys)
    .reduce((made, [key, value]) => made.metadata(key, { type: 'string', value }), gguf())
    .metadata('general.file_type', { type: 'uint32', value: 32 })
    .tensor('blk.0.attn_q.weight', 'BF16', [32]);
}

function fieldsOf(keys?: Readonly<Record<string, string>>, given = {}): NameFields {
  return nameFields(parseHeader(model(keys).bytes()), 'dir/Some-Model-BF16.gguf', { label: 'Q4_K_M', ...given });
}

describe('fields', () => {
  test('of a model that says all', () => {
    expect(fieldsOf()).toEqual({
      model: 'Some-Model',
      label: 'Q4_K_M',
      type: 'BF16',
      architecture: 'gemma3n',
      base_name: 'Gemma-3n',
      size_label: 'E2B',
      fine_tune: 'it',
      version: '1.0',
      convention: 'Gemma-3n-E2B-it-v1.0-Q4_K_M',
    });
  });

  test('of the convention, missing parts are left out', () => {
    const { 'general.size_label': _size, 'general.version': _version, ...rest } = FULL;
    expect(fieldsOf(rest).convention).toBe('Gemma-3n-it-Q4_K_M');
    expect(fieldsOf({ ...FULL, 'general.version': 'v2' }).convention).toBe('Gemma-3n-E2B-it-v2-Q4_K_M');
    expect(fieldsOf({ 'general.size_label': 'E2B' }).convention).toBe('Some-Model-Q4_K_M');
    expect(fieldsOf({ 'general.basename': '  ' }).convention).toBe('Some-Model-Q4_K_M');
  });

  test('a name that is given', () => {
    expect(fieldsOf(FULL, { model: 'mine' }).model).toBe('mine');
  });

  test('the type of what is made', () => {
    const typeOf = (making: object): string | undefined => fieldsOf(FULL, { making }).type;
    expect(typeOf({ kind: 'type', name: 'Q4_K_M', asIs: false })).toBe('Q4_K_M');
    expect(typeOf({ kind: 'recipe', name: 'UD-Q4_K_XL' })).toBe('Q4_K_M');
    expect(typeOf({ kind: 'recipe', name: 'Q5_K_M' })).toBe('Q5_K_M');
    expect(typeOf({ kind: 'recipe', name: 'x.yaml' })).toBeUndefined();
    expect(typeOf({ kind: 'bpw', bpw: 4 })).toBeUndefined();
    expect(typeOf({ kind: 'fix', allow: 'safe', inPlace: false })).toBe('BF16');
  });

  test('quants that are fixed or changed stay apart by name', () => {
    expect(fieldsOf(FULL, { making: { kind: 'fix', allow: 'safe', inPlace: false } }).model).toBe('Some-Model-BF16');
    expect(fieldsOf(FULL, { making: { kind: 'requantize' } }).model).toBe('Some-Model-BF16');
  });

  test('keys of other types say nothing; without a file type the tensors do', () => {
    const header = parseHeader(
      gguf()
        .metadata('general.basename', { type: 'uint32', value: 1 })
        .metadata('general.file_type', { type: 'string', value: 'x' })
        .tensor('a', 'F16', [32])
        .bytes(),
    );
    expect(nameFields(header, 'a.gguf', { label: 'x' })).toMatchObject({ base_name: undefined, type: 'F16' });
  });
});

describe('expansion', () => {
  test.each([
    ['{model}-{label}.gguf', 'Some-Model-Q4_K_M.gguf'],
    ['{model}-{label}', 'Some-Model-Q4_K_M.gguf'],
    ['{architecture}/{type}/{convention}.gguf', 'gemma3n/BF16/Gemma-3n-E2B-it-v1.0-Q4_K_M.gguf'],
    ['{{{model}}}', '{Some-Model}.gguf'],
    ['{base_name}.GGUF', 'Gemma-3n.GGUF'],
  ])('%s', (template, name) => {
    expect(expandName(template, fieldsOf())).toBe(name);
  });

  test('a field that the model does not say', () => {
    expect(() => expandName('{version}', fieldsOf({}))).toThrow(
      '{version} cannot be part of the name of an output: the model does not say its version',
    );
    const fields = fieldsOf(FULL, { making: { kind: 'bpw', bpw: 4 } });
    expect(() => expandName('{type}', fields)).toThrow('its type is known only when it is made');
  });

  test('a name that is too long, in bytes', () => {
    const label = 'ü'.repeat(MAX_OUTPUT_NAME_BYTES / 2 - 2);
    expect(() => expandName('{label}', fieldsOf(FULL, { label }))).toThrow('has 201 bytes, expected at most 200');
    expect(expandName('{label}', fieldsOf(FULL, { label: label.slice(1) }))).toHaveLength(102);
    const long = fieldsOf({ 'general.basename': 'x'.repeat(1_000_000) });
    expect(() => expandName('{base_name}', long)).toThrow('has 206 bytes, expected at most 200');
  });

  test('a name that would be taken for a shard', () => {
    const fields = fieldsOf(FULL, { label: '00001-of-00002' });
    expect(() => expandName('{model}-{label}.gguf', fields)).toThrow('is the name of a shard');
  });

  test.each([
    ['../../etc/passwd', '{base_name}', '__.._etc_passwd.gguf'.replace('..', '_')],
    ['..', 'a/{base_name}/b', 'a/_/b.gguf'],
    ['/abs', '{base_name}', '_abs.gguf'],
    ['.hidden', '{base_name}', '_hidden.gguf'],
    ['C:\\x', '{base_name}', 'C__x.gguf'],
    ['CON', '{base_name}', '_CON.gguf'],
    ['O', 'C{base_name}N', '_CON.gguf'],
    ['.', 'a.{base_name}.b', 'a._.b.gguf'],
    ['a\u001b[2J\u202e', '{base_name}', 'a_[2J_.gguf'],
  ])('a hostile value %j brings in no path', (value, template, name) => {
    expect(expandName(template, fieldsOf({ 'general.basename': value }))).toBe(name);
  });

  test('whatever a file says, the output is in its folder, as deep as the template', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('..', '../x', '/', '\\', '.', 'nul'),
    );
    fc.assert(
      fc.property(hostile, hostile, (base, label) => {
        fc.pre(base.trim() !== '' && label !== '');
        const fields = fieldsOf({ 'general.basename': base }, { label });
        const name = expandName('{base_name}/x{label}', fields);
        expect(name.split('/')).toHaveLength(2);
        expect(outputPath('/out', name)).toBe(`/out/${name}`);
      }),
    );
  });
});
