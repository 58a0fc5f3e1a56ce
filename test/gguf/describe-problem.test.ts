import { describe, expect, test } from 'vitest';
import { describeProblem } from '../../src/gguf/describe-problem.js';
import { parseHeader } from '../../src/gguf/parse.js';
import type { ProblemCode } from '../../src/gguf/problems.js';
import { type GgufBuilder, gguf } from '../support/gguf-builder.js';
import { PROBLEM_SAMPLES } from '../support/problem-samples.js';

function messagesOf(bytes: Uint8Array): string[] {
  return parseHeader(bytes).problems.map(describeProblem);
}

const faults: readonly (readonly [string, GgufBuilder, readonly string[]])[] = [
  ['magic', gguf().magic('GGML'), ["not a GGUF file: starts with 'GGML', expected 'GGUF'"]],
  [
    'HTML',
    gguf().magic('<!DOCTYPE html>'),
    ["not a GGUF file but an HTML or XML page, probably an error page: starts with '<!DO', expected 'GGUF'"],
  ],
  ['empty file', gguf().cutAt(0), ['not a GGUF file but an empty file']],
  ['version', gguf().version(4), ['unknown GGUF version 4 at offset 4, expected 2 or 3']],
  [
    'version 1',
    gguf().version(1),
    ['GGUF version 1 at offset 4, which current readers no longer accept, expected 2 or 3'],
  ],
  [
    'big-endian',
    gguf().bigEndian(),
    ['a big-endian GGUF file (version 3): every number is byte-swapped, expected little-endian'],
  ],
  [
    'cut header',
    gguf().metadata('a.b', { type: 'uint32', value: 1 }).cutAt(-2),
    ["the file ends in the value of key 'a.b': needs 4 bytes at offset 39, has 2"],
  ],
  [
    'duplicate key',
    gguf().metadata('a', { type: 'bool', value: true }).metadata('a', { type: 'bool', value: true }),
    ["key 'a' at offset 38 is there already at offset 24, expected once"],
  ],
  [
    'alignment',
    gguf().metadata('general.alignment', { type: 'uint32', value: 24 }),
    ['general.alignment at offset 24 is 24, expected a power of two'],
  ],
  ['tensor type', gguf().tensor('t', 77, [32]), ["tensor 't' at offset 24 has type id 77, expected 0 to 42"]],
  [
    'removed tensor type',
    gguf().tensor('t', 31, [32]),
    ["tensor 't' at offset 24 has type Q4_0_4_4, which ggml no longer reads, expected Q4_0 with runtime repacking"],
  ],
  [
    'row',
    gguf().tensor('t', 'Q4_K', [32]),
    ["rows of tensor 't' at offset 24 have 32 weights, expected a multiple of 256 for type Q4_K"],
  ],
  [
    'gap',
    gguf().tensor('t', 'F32', [8], { offset: 64 }).trailing(new Uint8Array(64)),
    ["tensor 't' at offset 24 starts at 64 in the tensor data, expected 0: a gap"],
  ],
  [
    'cut data',
    gguf().tensor('t', 'F32', [8]).cutAt(-1),
    ["tensor 't' at offset 24 goes 1 byte past the end of the file at 95"],
  ],
];

describe('describeProblem', () => {
  test.each(faults)('%s', (_name, file, messages) => {
    expect(messagesOf(file.bytes())).toEqual(messages);
  });

  test.each(Object.entries(PROBLEM_SAMPLES))('%s is one sentence without a full stop', (code, data) => {
    const place = { kind: 'file', offset: 1234, length: 8 } as const;
    const text = describeProblem({ code: code as ProblemCode, data, place, fatal: false });
    expect(text).not.toMatch(/undefined|NaN|\[object|\.$|^[A-Z](?!GUF)/);
  });

  test('names of a file cannot steer the terminal', () => {
    const [message] = messagesOf(gguf().tensor('\u001b[2J', 77, [32]).bytes());
    expect(message).toContain("'\\u001b[2J'");
  });
});
