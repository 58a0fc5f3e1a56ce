import { describe, expect, test } from 'vitest';
import { type EngineEvent, engineLog } from '../../../src/quantizer/engine/parse-log.js';

/** What is told of a log that comes in these pieces. */
function eventsOf(...pieces: readonly string[]): EngineEvent[] {
  const events: EngineEvent[] = [];
  const log = engineLog((event) => events.push(event));
  for (const piece of pieces) log.add(piece);
  return events;
}

/** Lines that releases of llama.cpp printed, and what they say. */
const LOGS: Readonly<Record<string, readonly [log: string, events: readonly EngineEvent[]]>> = {
  'of spring 2024': [
    [
      'main: build = 2717 (4e96a812)',
      "main: quantizing 'ggml-model-f16.gguf' to 'q4.gguf' as Q4_K_M",
      '[   1/ 292]                        output.weight - [ 4096, 128256,     1,     1], type =    f16, converting to q6_K .. size =  1002.00 MiB ->   410.98 MiB',
      '[   2/ 292]                   output_norm.weight - [ 4096,     1,     1,     1], type =    f32, size =    0.016 MB',
      '[   3/ 292]                    rope_freqs.weight - [   64,     1,     1,     1], type =    f32, size =    0.000 MB',
    ].join('\n'),
    [
      { kind: 'version', version: 'build 2717 (4e96a812)' },
      { kind: 'tensor', index: 1, count: 292, name: 'output.weight', type: 'Q6_K' },
      { kind: 'tensor', index: 2, count: 292, name: 'output_norm.weight', type: 'F32' },
      // The last line has no end, so it may go on.
    ],
  ],
  'of a model of 1147 tensors, with an importance matrix that lacks some': [
    [
      '================================ Have weights data with 720 entries',
      '[   1/1147]                    token_embd.weight - [ 7168, 129280,     1,     1], type =    f16, ',
      '====== llama_model_quantize_internal: did not find weights for token_embd.weight',
      'converting to iq4_nl .. size =  1767.50 MiB ->   497.11 MiB',
      '[1147/1147]              blk.60.ffn_norm.weight - [ 7168,     1,     1,     1], type =    f32, size =    0.027 MB',
      'llama_model_quantize_internal: model size  = 16384.00 MB',
      '',
    ].join('\n'),
    [
      { kind: 'tensor', index: 1, count: 1147, name: 'token_embd.weight', type: 'IQ4_NL' },
      { kind: 'tensor', index: 1147, count: 1147, name: 'blk.60.ffn_norm.weight', type: 'F32' },
    ],
  ],
  'of 0.7.0': [
    [
      'load_backend: loaded CPU backend from /usr/lib/ggml/libggml-cpu-haswell.so',
      'version: 0.7.0 (build 11669, commit Debian)',
      'built with GNU 16.2.0 for Linux x86_64',
      'warning: blk.0.ffn_down.weight                - ncols    172 not divisible by 256 (required for type    q4_K) -> falling back to     f16',
      '[   5/ 607] per_layer_proj_norm.weight           - [   256,      1,      1,      1], type =    f32, size =    0.001 MiB',
      '[   6/ 607] per_layer_token_embd.weight          - [  6400,   1280,      1,      1], type =   bf16, ',
      '====== llama_model_quantize_impl: did not find weights for per_layer_token_embd.weight',
      'converting to q6_K .. size =    15.62 MiB ->     6.41 MiB',
      '[  47/ 607] blk.1.attn_k.weight                  - [   256,    128,      1,      1], type =   bf16, converting to q4_K .. size =     0.06 MiB ->     0.02 MiB',
      'llama_model_quantize_impl: quant size  =    22.56 MiB (6.42 BPW)',
      '',
    ].join('\n'),
    [
      { kind: 'version', version: '0.7.0 (build 11669, commit Debian)' },
      { kind: 'tensor', index: 5, count: 607, name: 'per_layer_proj_norm.weight', type: 'F32' },
      { kind: 'tensor', index: 6, count: 607, name: 'per_layer_token_embd.weight', type: 'Q6_K' },
      { kind: 'tensor', index: 47, count: 607, name: 'blk.1.attn_k.weight', type: 'Q4_K' },
    ],
  ],
  'of a dry run of 0.7.0': [
    [
      '[   1/  39] altup_proj.weight                    - [  2048,   2048,      3,      1], type =   bf16, size =   24.000 MiB',
      '[   2/  39] per_layer_token_embd.weight          - [  7680, 262144,      1,      1], type =   bf16, size =  3840.00 MiB ->  1575.00 MiB (q6_K)',
      '[   3/  39] blk.0.attn_norm.weight               - [  2048,      1,      1,      1], type =    f32, size =    0.008 MiB',
      '[1001/1607] a name of more than thirty-six characters.weight - [   256,      2,      1,      1], type =   bf16, size =     0.12 MiB ->     0.04 MiB (iq2_xxs)',
      '',
    ].join('\n'),
    [
      { kind: 'tensor', index: 1, count: 39, name: 'altup_proj.weight', type: 'BF16' },
      { kind: 'tensor', index: 2, count: 39, name: 'per_layer_token_embd.weight', type: 'Q6_K' },
      { kind: 'tensor', index: 3, count: 39, name: 'blk.0.attn_norm.weight', type: 'F32' },
      {
        ...{ kind: 'tensor', index: 1001, count: 1607, type: 'IQ2_XXS' },
        name: 'a name of more than thirty-six characters.weight',
      },
    ],
  ],
};

describe.each(Object.entries(LOGS))('a log %s', (_what, [log, events]) => {
  test('is told whole', () => {
    expect(eventsOf(log)).toEqual(events);
  });

  test('is told the same, torn at any byte', () => {
    for (let at = 0; at <= log.length; at += 1) {
      expect(eventsOf(log.slice(0, at), log.slice(at)), `torn at ${at}`).toEqual(events);
    }
    expect(eventsOf(...log)).toEqual(events);
  });
});

test('a tensor is told before its line ends', () => {
  const begin = '[   1/   2] a.weight - [   256,    512,      1,      1], type =    f16, ';
  expect(eventsOf(begin)).toEqual([]);
  const told = { kind: 'tensor', index: 1, count: 2, name: 'a.weight', type: 'Q4_K' };
  expect(eventsOf(begin, 'converting to q4_K .. ')).toEqual([told]);
  expect(eventsOf(begin, '\n====== f: did not find weights for a.weight\n', 'converting to q4_K .. ')).toEqual([told]);
});

test('names with blanks and dashes are told as they are', () => {
  expect(
    eventsOf('[ 1/ 1] a - [b] c.weight   - [   256,      1,      1,      1], type =    f32, size =    0.001 MiB\n'),
  ).toEqual([{ kind: 'tensor', index: 1, count: 1, name: 'a - [b] c.weight', type: 'F32' }]);
});

test.each([
  [
    'a type that we do not know',
    '[ 1/ 1] a.weight - [ 1, 1, 1, 1], type = f16, converting to q9_Z .. size = 1 MiB -> 1 MiB\n',
  ],
  [
    'a tensor whose conversion was never announced',
    '[ 1/ 1] a.weight - [ 1, 1, 1, 1], type = f16, \nllama_quantize: failed\n',
  ],
  ['an announcement without a tensor', 'converting to q4_K .. size = 1 MiB -> 1 MiB\n'],
  ['a list that is none of tensors', '[INFO] version 7\n[1/2] done - ok\n'],
  ['a version in the middle of a line', 'the version: 3\n'],
])('nothing is told of %s', (_what, log) => {
  expect(eventsOf(log)).toEqual([]);
});

test('a line without an end takes no memory, and the next line is told', () => {
  const piece = '[ 1/ 1] '.padEnd(2 ** 16);
  const told: EngineEvent[] = [];
  const log = engineLog((event) => told.push(event));
  for (let i = 0; i < 200; i += 1) log.add(piece);
  log.add('\nversion: 1\n');
  expect(told).toEqual([{ kind: 'version', version: '1' }]);
});
