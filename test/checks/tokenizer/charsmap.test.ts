import { describe, expect, test } from 'vitest';
import { charsmap } from '../../../src/checks/tokenizer/charsmap.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import type { BuilderValue, GgufBuilder } from '../../support/gguf-builder.js';
import { changedNames, findingsOf, fixedHeader, testRule } from '../rule-test.js';
import { flag, ints, text, texts, tokenizerFile } from './tokenizer-file.js';

const KEY = 'precompiled_charsmap';
const file = (value: BuilderValue | undefined): GgufBuilder => tokenizerFile({ model: text('t5'), [KEY]: value });
const bytes = (...items: readonly number[]): BuilderValue => ({ type: 'array', itemType: 'uint8', items });

/** A map that turns `x` into the text at `value`, in `blocks` blocks of 256 units. */
function map(value: number, replacements: readonly number[] = [97, 0], blocks = 1): number[] {
  const units = new Uint32Array(256 * blocks);
  const x = 'x'.charCodeAt(0);
  units[x] = x | 0x100 | (1 << 10);
  units[x ^ 1] = 0x8000_0000 + value;
  return [...new Uint8Array(Uint32Array.of(units.byteLength).buffer), ...new Uint8Array(units.buffer), ...replacements];
}

/** A map in which `x` leads to a block that is not there. */
function leading(): number[] {
  const whole = map(0);
  // The base of `x` in bits 10 and up of its unit: 256.
  whole.splice(4 + 4 * 'x'.charCodeAt(0), 4, ...new Uint8Array(Uint32Array.of('x'.charCodeAt(0) | (256 << 10)).buffer));
  return whole;
}

describe('tokenizer/charsmap', () => {
  testRule(charsmap, [
    { title: 'no bytes', bytes: file(bytes()).bytes(), data: { fault: 'too-small', bytes: 0 } },
    {
      title: '3 bytes',
      bytes: file(bytes(0, 0, 0)).bytes(),
      message: /has 3 bytes, expected at least 4: llama.cpp refuses/,
    },
    {
      title: 'a table that ends with the map',
      bytes: file(bytes(...map(0, []))).bytes(),
      data: { fault: 'blob-size' },
    },
    {
      title: 'a table of 4 GiB',
      bytes: file(bytes(255, 255, 255, 255, 0)).bytes(),
      message: /has 5 bytes, fewer than its table needs/,
    },
    {
      title: 'a table of two units',
      bytes: file(bytes(8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 97, 0)).bytes(),
      data: { fault: 'unit' },
      message: /leads outside of itself/,
    },
    { title: 'a node outside the table', bytes: file(bytes(...leading())).bytes(), data: { fault: 'unit' } },
    {
      title: 'a replacement past the end',
      bytes: file(bytes(...map(2))).bytes(),
      data: { fault: 'replacement' },
      message: /has a replacement outside of its texts/,
    },
    { title: 'one that does not end', bytes: file(bytes(...map(0, [97]))).bytes(), data: { fault: 'replacement' } },
    {
      title: 'an array of int32',
      bytes: file(ints(...map(0))).bytes(),
      data: { fault: 'type', found: 'array of int32' },
      message: /is array of int32, expected array of uint8/,
    },
    { title: 'a string', bytes: file(text('AAAA')).bytes(), data: { fault: 'type', found: 'string' } },
  ]);

  test.each([
    file(undefined),
    file(bytes(...map(0))),
    file(bytes(...map(1, [97, 0, 98, 0]))),
    file({ type: 'array', itemType: 'int8', items: map(0).map((byte) => (byte > 127 ? byte - 256 : byte)) }),
    // No table: nothing is ever looked up.
    file(bytes(0, 0, 0, 0, 0)),
    // Larger than any known one: judged by its sizes alone.
    file({ type: 'array', itemType: 'uint8', items: map(99, [97, 0], 257) }),
    tokenizerFile({ [KEY]: bytes() }),
  ])('accepts good file %#', (good) => {
    expect(findingsOf(charsmap, good.bytes())).toEqual([]);
  });

  test('is an info where a tokenizer that normalizes has no map', () => {
    const bare = tokenizerFile({ model: text('t5'), remove_extra_whitespaces: flag(true) });
    expect(findingsOf(charsmap, bare.bytes())).toMatchObject([{ severity: 'info', data: { fault: 'missing' } }]);
    const plain = tokenizerFile({ model: text('t5'), remove_extra_whitespaces: flag(false) });
    expect(findingsOf(charsmap, plain.bytes())).toEqual([]);
  });

  test.each([
    ['int32', ints(...map(0))],
    ['letters of base64', texts(...Buffer.from(map(0)).toString('base64'))],
  ])('the fix for %s writes the same bytes and changes nothing else', (_, value) => {
    const header = parseHeader(file(value).bytes());
    const [finding] = findingsOf(charsmap, file(value).bytes());
    expect(finding!.fix).toMatchObject({ safety: 'safe' });
    const after = fixedHeader(header, finding!);
    expect(findingsOf(charsmap, Buffer.from(after.bytes))).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: [`tokenizer.ggml.${KEY}`], tensors: [] });
    const entry = after.metadata.find(({ key }) => key.endsWith(KEY));
    expect([...entry!.raw.subarray(entry!.valueAt)]).toEqual(map(0));
  });

  test.each([
    ['numbers that are no bytes', ints(...map(0), 256)],
    ['a damaged map', ints(1, 2, 3)],
    ['no base64', texts('?')],
    ['floats', { type: 'array', itemType: 'float32', items: map(0) } as const],
    ['a damaged map in uint8', bytes(1, 2, 3)],
  ])('nothing is offered for %s', (_, value) => {
    expect(findingsOf(charsmap, file(value).bytes())[0]!.fix).toBeUndefined();
  });
});
