import { describe, expect, test } from 'vitest';
import { ENGINE_FEATURES, type Engine, type EngineFeature } from '../../../src/quantizer/engine/engine.js';
import { type EngineJob, engineArguments } from '../../../src/quantizer/engine/engine-arguments.js';

function engine(features: readonly EngineFeature[] = ENGINE_FEATURES): Engine {
  return { kind: 'llama-quantize', program: '/usr/bin/llama-quantize', prefix: [], features: new Set(features) };
}

const JOB: EngineJob = {
  input: '/in.gguf',
  output: '/out.gguf',
  fileType: 'Q4_K_M',
  threads: 2,
  dryRun: false,
  keys: [],
  allowRequantize: false,
  keepSplit: false,
};

test('a job with nothing special needs no feature', () => {
  expect(engineArguments(engine([]), JOB)).toEqual(['/in.gguf', '/out.gguf', 'Q4_K_M', '2']);
});

test('flags come first, each value an argument of its own', () => {
  const job = {
    ...JOB,
    imatrix: 'my matrix.gguf',
    tensorTypeFile: '/types.txt',
    maxBufferMiB: 64,
    keys: [
      { key: 'a', type: 'str', value: 'x y' },
      { key: 'b', type: 'int', value: '7' },
    ],
    allowRequantize: true,
    keepSplit: true,
  } as const;
  expect(engineArguments(engine(), job)).toEqual([
    ...['--allow-requantize', '--keep-split', '--imatrix', 'my matrix.gguf', '--tensor-type-file', '/types.txt'],
    ...['--max-buffer-size', '64', '--override-kv', 'a=str:x y', '--override-kv', 'b=int:7'],
    ...['/in.gguf', '/out.gguf', 'Q4_K_M', '2'],
  ]);
});

test('a dry run names no output', () => {
  const dry = engineArguments(engine(), { ...JOB, dryRun: true, keepSplit: true });
  expect(dry).toEqual(['--keep-split', '--dry-run', '/in.gguf', 'Q4_K_M', '2']);
});

describe('an engine without a feature that the job needs is too old', () => {
  test.each([
    ['dry-run', { dryRun: true }],
    ['keep-split', { keepSplit: true }],
    ['tensor-type-file', { tensorTypeFile: '/types.txt' }],
    ['override-kv', { keys: [{ key: 'a', type: 'str', value: 'b' }] }],
    ['max-buffer-size', { maxBufferMiB: 1 }],
  ] as const)('%s', (feature, change) => {
    const others = ENGINE_FEATURES.filter((each) => each !== feature);
    expect(() => engineArguments(engine(others), { ...JOB, ...change })).toThrow(
      expect.objectContaining({
        code: 'unavailable',
        message: `/usr/bin/llama-quantize is too old: it knows no --${feature}; use a newer one, or --engine embedded`,
      }),
    );
    expect(() => engineArguments(engine([feature]), { ...JOB, ...change })).not.toThrow();
  });
});

describe('keys', () => {
  const withKey = (key: string, value: string) => () =>
    engineArguments(engine(), { ...JOB, keys: [{ key, type: 'str', value }] });

  test('of 127 bytes are carried', () => {
    expect(withKey('k'.repeat(127), 'ä'.repeat(63))()).toContain(`${'k'.repeat(127)}=str:${'ä'.repeat(63)}`);
  });

  test.each([
    ['', 'value'],
    ['a=b', 'value'],
    ['k'.repeat(128), 'value'],
    ['key', 'ä'.repeat(64)],
    ['key', 'a\0b'],
    ['a\0b', 'value'],
  ])('%j with %j is refused', (key, value) => {
    expect(withKey(key, value)).toThrow(expect.objectContaining({ code: 'bad-value' }));
  });
});
