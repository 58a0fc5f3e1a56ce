import { describe, expect, test } from 'vitest';
import type { MetadataEntry } from '../../src/gguf/model.js';
import { parseHeader } from '../../src/gguf/parse.js';
import { scalarText, shortValueText, typeText, wholeValueLines } from '../../src/report/value-text.js';
import { type BuilderValue, gguf } from '../support/gguf-builder.js';

function entryOf(value: BuilderValue): MetadataEntry {
  const [entry] = parseHeader(gguf().metadata('k', value).bytes()).metadata;
  if (entry === undefined) throw new Error('no entry');
  return entry;
}

describe('scalarText', () => {
  test.each([
    [Math.fround(0.1), '0.1'],
    [Math.fround(1e-6), '0.000001'],
    [Math.fround(1.6448534), '1.6448534'],
    [16_777_216, '16777216'],
    [2 ** -149, '1e-45'],
    [3.4028234663852886e38, '3.4028235e+38'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [Number.NaN, 'NaN'],
  ])('a float32 of %d is %s', (value, text) => {
    expect(scalarText(value, 'float32')).toBe(text);
    if (Number.isFinite(value)) expect(Math.fround(Number(text))).toBe(value);
  });

  test('a float64 keeps its digits, a 64-bit integer too', () => {
    expect(scalarText(0.1, 'float64')).toBe('0.1');
    expect(scalarText(1 / 3, 'float64')).toBe('0.3333333333333333');
    expect(scalarText(2n ** 64n - 1n, 'uint64')).toBe('18446744073709551615');
  });
});

describe('shortValueText', () => {
  test('is one printable line', () => {
    expect(shortValueText(entryOf({ type: 'string', value: 'a\n\u001b[1mb' }), 80)).toBe('a\\n\\u001b[1mb');
  });

  test('shows the beginning of a long value, and that there is more', () => {
    expect(shortValueText(entryOf({ type: 'string', value: 'x'.repeat(500) }), 10)).toBe('x'.repeat(11));
    const tokens = {
      type: 'array',
      itemType: 'string',
      items: Array.from({ length: 500 }, (_, i) => `t${i}`),
    } as const;
    expect(shortValueText(entryOf(tokens), 10)).toBe('"t0", "t1", "t2"');
  });

  test('an empty array is nothing', () => {
    expect(shortValueText(entryOf({ type: 'array', itemType: 'float32', items: [] }), 10)).toBe('');
  });
});

test('wholeValueLines gives every line of a text and every item of an array', () => {
  expect([...wholeValueLines(entryOf({ type: 'string', value: 'a\n\tb\u0007\n' }))]).toEqual(['a', '\tb\\u0007', '']);
  const items = { type: 'array', itemType: 'string', items: ['a', 'b\nc'] } as const;
  expect([...wholeValueLines(entryOf(items))]).toEqual(['"a"', '"b\\nc"']);
  expect([...wholeValueLines(entryOf({ type: 'uint8', value: 7 }))]).toEqual(['7']);
});

test('typeText tells what an array holds', () => {
  expect(typeText(entryOf({ type: 'array', itemType: 'int32', items: [1, 2] }))).toBe('int32[2]');
  expect(typeText(entryOf({ type: 'bool', value: true }))).toBe('bool');
});
