import { describe, expect, test } from 'vitest';
import type { Fix, FixChoices } from '../../../src/checks/check.js';
import { perLayerTokenEmbdType } from '../../../src/checks/gemma3n/per-layer-token-embd-type.js';
import { READABLE_TYPES } from '../../../src/checks/requantize-embedding.js';
import { findTensor } from '../../../src/gguf/model.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import type { TensorTypeName } from '../../../src/gguf/tensor-types.js';
import { gguf } from '../../support/gguf-builder.js';
import { changedNames, findingsOf, fixedHeader, testRule } from '../rule-test.js';

const NAME = 'per_layer_token_embd.weight';

interface EmbeddingFile {
  readonly type: TensorTypeName;
  readonly arch?: string;
  readonly dims?: readonly number[];
}

function fileWith({ type, arch = 'gemma3n', dims = [256, 4] }: EmbeddingFile, version = true): Uint8Array {
  const start = gguf().metadata('general.architecture', { type: 'string', value: arch });
  const versioned = version ? start.metadata('general.quantization_version', { type: 'uint32', value: 2 }) : start;
  return versioned
    .tensor('output_norm.weight', 'F32', [8])
    .tensor(NAME, type, dims)
    .tensor('token_embd.weight', 'Q6_K', [256])
    .bytes();
}

function fixOf(file: EmbeddingFile, choices?: FixChoices): Fix {
  return findingsOf(perLayerTokenEmbdType, fileWith(file), choices)[0]!.fix!;
}

const choose = (type: TensorTypeName): FixChoices => ({ types: new Map([[NAME, type]]) });
const take = (file: EmbeddingFile): FixChoices => ({
  types: new Map(),
  from: { path: 'better.gguf', header: parseHeader(fileWith(file)) },
});

describe('gemma3n/per-layer-token-embd-type', () => {
  testRule(perLayerTokenEmbdType, [
    {
      title: 'Q4_K',
      bytes: fileWith({ type: 'Q4_K' }),
      message:
        /^tensor 'per_layer_token_embd.weight' is Q4_K, expected F32, F16, Q8_0, Q5_1, Q5_0, Q4_1 or Q4_0: Ollama before 0\.30 /,
      name: NAME,
    },
    { title: 'IQ4_XS', bytes: fileWith({ type: 'IQ4_XS' }), message: /is IQ4_XS/ },
    {
      title: 'the tensor in an unknown architecture',
      bytes: fileWith({ type: 'Q4_K', arch: 'other' }),
      message: /is Q4_K/,
    },
  ]);

  test.each(READABLE_TYPES)('accepts %s', (type) => {
    expect(findingsOf(perLayerTokenEmbdType, fileWith({ type }))).toEqual([]);
  });

  test.each([
    ['BF16', 'ollama >=0.9.3 <0.11.5', /needs Ollama 0\.11\.5 or newer/],
    ['Q6_K', 'ollama >=0.9.3 <0.20.0', /needs Ollama 0\.20\.0 or newer/],
  ] as const)('%s, which a newer Ollama reads, is a warning', (type, affects, message) => {
    expect(findingsOf(perLayerTokenEmbdType, fileWith({ type }))).toMatchObject([
      { severity: 'warning', affects: [affects], message: expect.stringMatching(message) },
    ]);
  });

  test('every Ollama that has gemma4 reads BF16 and Q6_K, but not Q4_K', () => {
    const gemma4 = (type: TensorTypeName) => findingsOf(perLayerTokenEmbdType, fileWith({ type, arch: 'gemma4' }));
    expect([...gemma4('BF16'), ...gemma4('Q6_K')]).toEqual([]);
    expect(gemma4('Q4_K')).toMatchObject([{ severity: 'error', affects: ['ollama >=0.20.0 <0.30.0'] }]);
  });

  test('no Ollama had an engine for the other models with such a table', () => {
    expect(findingsOf(perLayerTokenEmbdType, fileWith({ type: 'Q4_K', arch: 'gemma-embedding2' }))).toEqual([]);
  });

  test('a removed type is left to container/tensor-type', () => {
    const bytes = gguf().tensor(NAME, 31, [256]).bytes();
    expect(findingsOf(perLayerTokenEmbdType, bytes)).toEqual([]);
  });
});

describe('its fix', () => {
  test.each<[TensorTypeName, TensorTypeName]>([
    ['Q2_K', 'Q4_0'],
    ['Q4_K', 'Q5_1'],
    ['IQ4_XS', 'Q5_1'],
    ['Q6_K', 'Q8_0'],
    ['BF16', 'F16'],
  ])('takes %s to %s by itself and changes nothing else', (type, to) => {
    const header = parseHeader(fileWith({ type }));
    const [finding] = findingsOf(perLayerTokenEmbdType, fileWith({ type }));
    const after = fixedHeader(header, finding!);
    expect(finding!.fix).toMatchObject({ safety: 'safe', edits: [{ op: 'retype-tensor', name: NAME, to }] });
    expect(findTensor(after, NAME)?.type).toBe(to);
    expect(after.problems).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: [], tensors: [NAME] });
  });

  test('says what becomes what', () => {
    expect(fixOf({ type: 'Q4_K' }).title).toBe('Requantize per_layer_token_embd.weight from Q4_K to Q5_1');
    expect(fixOf({ type: 'BF16' }).title).toBe('Convert per_layer_token_embd.weight from BF16 to F16');
  });

  test.each<[TensorTypeName, TensorTypeName, Fix['safety']]>([
    ['Q4_K', 'Q8_0', 'safe'],
    ['Q4_K', 'Q4_0', 'safe'],
    ['Q4_K', 'F32', 'safe'],
    ['Q6_K', 'Q4_0', 'unsafe'],
    ['Q5_K', 'Q4_1', 'unsafe'],
    ['BF16', 'Q8_0', 'unsafe'],
  ])('%s to a chosen %s is %s', (type, to, safety) => {
    expect(fixOf({ type }, choose(to))).toMatchObject({ safety, edits: [{ to }] });
  });

  test('adds general.quantization_version where a quantized type needs it and it is missing', () => {
    const bytes = fileWith({ type: 'Q4_K' }, false);
    const header = parseHeader(bytes);
    const after = fixedHeader(header, findingsOf(perLayerTokenEmbdType, bytes)[0]!);
    expect(changedNames(header, after)).toEqual({ keys: ['general.quantization_version'], tensors: [NAME] });
    expect(findingsOf(perLayerTokenEmbdType, bytes, choose('F16'))[0]!.fix!.edits).toHaveLength(1);
  });

  test('refuses a type that Ollama does not read', () => {
    expect(() => fixOf({ type: 'Q4_K' }, choose('Q5_K'))).toThrow(
      expect.objectContaining({ code: 'bad-option', message: expect.stringContaining('must not become Q5_K') }),
    );
  });

  test('a choice for another tensor changes nothing', () => {
    expect(fixOf({ type: 'Q4_K' }, { types: new Map([['token_embd.weight', 'Q8_0']]) })).toMatchObject({
      edits: [{ to: 'Q5_1' }],
    });
  });

  test('says why rows that do not fit a chosen type are not converted', () => {
    const fix = fixOf({ type: 'BF16', dims: [100, 4] }, choose('Q8_0'));
    expect(fix).toMatchObject({ safety: 'manual', edits: [] });
    expect(fix.title).toContain('its rows have 100 weights, Q8_0 needs a multiple of 32');
    expect(fixOf({ type: 'BF16', dims: [100, 4] })).toMatchObject({ safety: 'safe', edits: [{ to: 'F16' }] });
  });

  test.each(['IQ1_M', 'IQ2_XXS', 'IQ3_S', 'TQ2_0'] as const)('converts %s, which has fewer bits', (type) => {
    expect(fixOf({ type })).toMatchObject({ safety: 'safe', edits: [{ op: 'retype-tensor', name: NAME, to: 'Q4_0' }] });
  });

  test('says why a type that ggufix cannot read is not converted', () => {
    expect(fixOf({ type: 'Q8_K' })).toMatchObject({
      safety: 'manual',
      title: expect.stringContaining('ggufix cannot read Q8_K weights'),
    });
  });
});

describe('its fix with --from', () => {
  test('takes the weights from the other file', () => {
    const choices = take({ type: 'F16' });
    const { dataOffset } = choices.from!.header;
    const fix = fixOf({ type: 'Q4_K' }, choices);
    const origin = { path: 'better.gguf', offset: dataOffset + 32, type: 'F16' };
    expect(fix).toMatchObject({ safety: 'safe', edits: [{ op: 'retype-tensor', name: NAME, to: 'Q5_1', origin }] });
    expect(fix.title).toContain('from Q4_K to Q5_1, with the F16 weights of better.gguf');
  });

  test('helps where ggufix cannot read the present type', () => {
    expect(fixOf({ type: 'Q8_K' }, take({ type: 'BF16' }))).toMatchObject({ safety: 'safe', edits: [{ to: 'F16' }] });
  });

  test('is judged by the present bits, not those of the other file', () => {
    const choices = { ...take({ type: 'F16' }), ...choose('Q4_0') };
    expect(fixOf({ type: 'Q4_K' }, choices).safety).toBe('safe');
    expect(fixOf({ type: 'Q6_K' }, choices).safety).toBe('unsafe');
  });

  test.each([
    ['another shape', { type: 'F16', dims: [256, 5] }, /is \[256, 5\], expected \[256, 4\]/],
    ['fewer bits', { type: 'Q4_0' }, /is Q4_0, which has fewer bits than Q6_K/],
    ['weights that ggufix cannot read', { type: 'Q8_K' }, /has a type that ggufix cannot read/],
  ] as const)('refuses a file with %s', (_what, file, message) => {
    expect(() => fixOf({ type: 'Q6_K' }, take(file))).toThrow(
      expect.objectContaining({ code: 'bad-option', message: expect.stringMatching(message) }),
    );
  });

  test('refuses a file without the tensor, or with a cut one', () => {
    const without = { path: 'other.gguf', header: parseHeader(gguf().tensor('a', 'F32', [8]).bytes()) };
    const whole = fileWith({ type: 'F16' });
    const cut = { path: 'cut.gguf', header: parseHeader(whole.subarray(0, whole.byteLength - 1000)) };
    const choices = (from: typeof cut): FixChoices => ({ types: new Map(), from });
    expect(() => fixOf({ type: 'Q4_K' }, choices(without))).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(() => fixOf({ type: 'Q4_K' }, choices(cut))).toThrow(/in cut.gguf is cut off/);
  });
});
