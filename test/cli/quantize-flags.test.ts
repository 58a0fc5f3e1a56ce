import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readQuantizeFlags } from '../../src/cli/quantize-flags.js';

describe('readQuantizeFlags', () => {
  test('what is not given has a default', () => {
    expect(readQuantizeFlags({ type: 'Q4_K_M', sidecar: true })).toMatchObject({
      from: { kind: 'type', name: 'Q4_K_M', asIs: false },
      pins: [],
      imatrix: undefined,
      engine: { wanted: 'auto' },
      dryRun: false,
      force: false,
      allowRequantize: false,
      keepSplit: false,
      sidecar: true,
      evaluate: false,
      maxBufferMiB: undefined,
      threads: undefined,
    });
  });

  test('all of them', () => {
    const given = {
      ...{ type: 'IQ4_XS', imatrix: 'im.gguf', engine: '/opt/q', dryRun: true, force: true, allowRequantize: true },
      ...{ keepSplit: true, asIs: true, sidecar: false, evaluate: true, text: 't.txt', chunks: '8' },
      ...{ maxBufferSize: '512', threads: '4', json: true },
    };
    expect(readQuantizeFlags(given)).toMatchObject({
      ...{
        imatrix: 'im.gguf',
        engine: { wanted: '/opt/q' },
        dryRun: true,
        force: true,
        allowRequantize: true,
        keepSplit: true,
      },
      ...{ sidecar: false, evaluate: true, text: 't.txt', chunks: 8, maxBufferMiB: 512, threads: 4 },
      from: { kind: 'type', name: 'IQ4_XS', asIs: true },
      json: true,
    });
  });

  test.each([
    [{ type: 'q6_k' }, { kind: 'type', name: 'q6_k', asIs: false }],
    [{ recipe: 'UD-Q4_K_XL' }, { kind: 'recipe', name: 'UD-Q4_K_XL' }],
    [{ like: 'other.gguf' }, { kind: 'like', source: 'other.gguf' }],
    [{ targetSize: '4.5GiB' }, { kind: 'size', bytes: 4.5 * 2 ** 30 }],
    [{ targetSize: '3500MB' }, { kind: 'size', bytes: 3_500_000_000 }],
    [{ targetBpw: '4.5' }, { kind: 'bpw', bpw: 4.5 }],
  ])('types come from %j', (given, from) => {
    expect(readQuantizeFlags(given).from).toEqual(from);
  });

  test('--llama-quantize is a path, also where it reads like a word of --engine', () => {
    expect(readQuantizeFlags({ type: 'Q8_0', llamaQuantize: 'embedded' }).engine).toEqual({
      wanted: path.resolve('embedded'),
      flag: '--llama-quantize',
    });
  });

  test('pins are split at their last =', () => {
    const { pins } = readQuantizeFlags({ type: 'Q8_0', tensor: ['*.attn_v.weight=q6_k', 'a=b=BF16'] });
    expect(pins).toEqual([
      { pattern: '*.attn_v.weight', type: 'Q6_K' },
      { pattern: 'a=b', type: 'BF16' },
    ]);
  });

  test.each(['i8', 'i16', 'i32', 'i64', 'f64', 'q8_1', 'q8_K'])(
    'trap: %s, at which llama-quantize aborts, is refused before it starts',
    (type) => {
      expect(() => readQuantizeFlags({ type: 'Q8_0', tensor: [`a=${type}`] })).toThrow(
        `--tensor is 'a=${type}', expected PATTERN=TYPE with one of F32, F16`,
      );
    },
  );

  test.each([
    [{}, 'say how to choose the types, with one of --type, --recipe'],
    [{ type: 'Q8_0', recipe: 'x' }, 'with one of --type, --recipe'],
    [{ targetSize: '4GiB', targetBpw: '4' }, 'with one of --type'],
    [{ targetSize: 'huge' }, "--target-size is 'huge', expected a size such as 4.2GiB"],
    [{ targetBpw: '0' }, '--target-bpw is "0", expected a number above 0'],
    [{ type: 'Q8_0', tensor: ['a'] }, "--tensor is 'a', expected PATTERN=TYPE"],
    [{ type: 'Q8_0', tensor: ['=q8_0'] }, "--tensor is '=q8_0'"],
    [{ type: 'Q8_0', tensor: ['a=q4_K_M'] }, "--tensor is 'a=q4_K_M'"],
    [{ type: 'Q8_0', evaluate: true }, '--evaluate and --text FILE belong together'],
    [{ type: 'Q8_0', text: 't.txt' }, '--evaluate and --text FILE belong together'],
    [{ type: 'Q8_0', chunks: '2' }, '--chunks is for --evaluate'],
    [{ recipe: 'UD-Q4_K_XL', asIs: true }, '--as-is is for --type'],
    [{ type: 'Q8_0', seed: '2' }, '--sensitivity, --seed and --cache are for --target-size'],
    [{ type: 'Q8_0', sensitivity: 'measured' }, 'are for --target-size'],
    [{ type: 'Q8_0', engine: 'auto', llamaQuantize: '/opt/q' }, '--engine and --llama-quantize both name the engine'],
    [{ type: 'Q8_0', maxBufferSize: '0' }, '--max-buffer-size is "0", expected a whole number from 1'],
    [{ type: 'Q8_0', pure: true }, 'unknown flag --pure'],
  ])('refuses %j', (given, message) => {
    expect(() => readQuantizeFlags(given)).toThrow(expect.objectContaining({ code: 'bad-option' }));
    expect(() => readQuantizeFlags(given)).toThrow(message);
  });
});
