import { describe, expect, test } from 'vitest';
import { applyEdits, FILLER_KEY } from '../../src/edit/draft.js';
import type { Edit } from '../../src/edit/edits.js';
import {
  bytesToWrite,
  headerAfter,
  isNoChange,
  planWrite,
  type Strategy,
  type WritePlan,
} from '../../src/edit/plan.js';
import { type Header, tensorExtent } from '../../src/gguf/model.js';
import { parseHeader } from '../../src/gguf/parse.js';
import { gguf } from '../support/gguf-builder.js';
import { patternBytes, smallModel } from '../support/models.js';

function plan(bytes: Uint8Array, edits: readonly Edit[], strategy: Strategy | 'auto' = 'auto'): WritePlan {
  return planWrite(applyEdits(parseHeader(bytes), edits), strategy);
}

/** Does the plan to bytes in memory, as `applyPlan` does to a file. */
function perform(before: Uint8Array, edits: readonly Edit[], strategy: Strategy | 'auto' = 'auto'): Uint8Array {
  const planned = plan(before, edits, strategy);
  const after = Buffer.alloc(planned.newSize);
  if (planned.strategy === 'rewrite') after.set(planned.header);
  else after.set(before);
  for (const { from, to, length } of planned.copies) after.set(before.subarray(from, from + length), to);
  if (planned.strategy !== 'rewrite') for (const { offset, bytes } of planned.writes) after.set(bytes, offset);
  return after;
}

function tensorData(bytes: Uint8Array): Record<string, string> {
  const header: Header = parseHeader(bytes);
  expect(header.problems).toEqual([]);
  return Object.fromEntries(
    header.tensors.map((tensor) => {
      const { offset, length } = tensorExtent(header, tensor)!;
      return [tensor.name, Buffer.from(bytes.subarray(offset, offset + length)).toString('hex')];
    }),
  );
}

const keysOf = (bytes: Uint8Array): string[] => parseHeader(bytes).metadata.map(({ key }) => key);
const template = (length: number): Edit => ({
  op: 'set-metadata',
  key: 'tokenizer.chat_template',
  value: { type: 'string', value: 'x'.repeat(length) },
});
const retype: Edit = { op: 'retype-metadata', key: 'gemma3n.attention.shared_kv_layers', to: 'uint32' };

describe('patch', () => {
  test('re-encoding FLOAT32 as UINT32 writes 8 bytes', () => {
    const before = smallModel().bytes();
    const planned = plan(before, [retype]);
    expect(planned.strategy).toBe('patch');
    expect(bytesToWrite(planned)).toBe(8);
    expect(planned).toMatchObject({ oldSize: before.byteLength, newSize: before.byteLength, copies: [] });
    const after = perform(before, [retype]);
    const changed = [...after.keys()].filter((at) => after[at] !== before[at]);
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.at(-1)! - changed[0]!).toBeLessThan(8);
  });

  test('an edit that changes nothing writes nothing', () => {
    const planned = plan(smallModel().bytes(), [
      { op: 'set-metadata', key: 'general.name', value: { type: 'string', value: 'small' } },
    ]);
    expect(isNoChange(planned)).toBe(true);
  });

  test.each([0, 1, 5, 14, 30, 36, 37, 38, 60, 64, 69, 100, 1000])(
    'freeing %i bytes keeps the data section',
    (freed) => {
      const long = smallModel()
        .metadata('extra', { type: 'string', value: 'y'.repeat(1200) })
        .bytes();
      const edit: Edit = {
        op: 'set-metadata',
        key: 'extra',
        value: { type: 'string', value: 'y'.repeat(1200 - freed) },
      };
      const planned = plan(long, [edit]);
      expect(planned.strategy).toBe('patch');
      const after = perform(long, [edit]);
      expect(after.byteLength).toBe(long.byteLength);
      expect(tensorData(after)).toEqual(tensorData(long));
      expect(parseHeader(after).dataOffset).toBe(parseHeader(long).dataOffset);
    },
  );

  test('freed bytes do not stay in the file', () => {
    const secret = 'an-absolute-path-that-was-to-go'.repeat(8);
    const before = smallModel().metadata('quantize.imatrix.file', { type: 'string', value: secret }).bytes();
    const after = perform(before, [{ op: 'remove-metadata', key: 'quantize.imatrix.file' }]);
    expect(Buffer.from(after).includes('absolute-path')).toBe(false);
    expect(keysOf(after)).toContain(FILLER_KEY);
  });

  test('filler of an earlier edit is room for the next, and goes when it is used up exactly', () => {
    const before = smallModel()
      .metadata('extra', { type: 'string', value: 'z'.repeat(500) })
      .bytes();
    const shrunk = perform(before, [{ op: 'remove-metadata', key: 'extra' }]);
    expect(keysOf(shrunk)).toContain(FILLER_KEY);
    expect(plan(shrunk, [template(300)]).strategy).toBe('patch');
    const refilled = perform(shrunk, [
      { op: 'set-metadata', key: 'extra', value: { type: 'string', value: 'z'.repeat(500) } },
    ]);
    expect(keysOf(refilled)).not.toContain(FILLER_KEY);
    expect(Buffer.compare(refilled, before)).toBe(0);
  });

  test('padding that is not zero does not leak into a header that grows into it', () => {
    const before = smallModel().paddingByte(0xff).bytes();
    const { infoEnd, dataOffset } = parseHeader(before);
    expect(dataOffset - infoEnd).toBeGreaterThan(2);
    const edit: Edit = {
      op: 'set-metadata',
      key: 'general.name',
      value: { type: 'string', value: `small${'\0'.repeat(2)}` },
    };
    expect(plan(before, [edit]).strategy).toBe('patch');
    expect(tensorData(perform(before, [edit]))).toEqual(tensorData(before));
  });
});

describe('slide', () => {
  test.each([100, 400, 1000, 1900, 2200])('a template of %i bytes moves the leading tensors only', (length) => {
    const before = smallModel().bytes();
    const planned = plan(before, [template(length)], 'slide');
    const after = perform(before, [template(length)], 'slide');
    expect(tensorData(after)).toEqual(tensorData(before));
    expect(after.byteLength).toBe(planned.newSize);
    const names = parseHeader(after).tensors.map(({ name }) => name);
    expect(names[0]).not.toBe('blk.0.weight');
    expect([...names].sort()).toEqual([...parseHeader(before).tensors.map(({ name }) => name)].sort());
  });

  test('is chosen where it writes less than half of the file, and not where it does not', () => {
    const large = smallModel()
      .tensor('last', 'I8', [100_000], { bytes: patternBytes(100_000, 9) })
      .bytes();
    const planned = plan(large, [template(1500)]);
    expect(planned.strategy).toBe('slide');
    expect(bytesToWrite(planned)).toBeLessThan(10_000);
    expect(plan(smallModel().bytes(), [template(1500)]).strategy).toBe('rewrite');
  });

  test('leaves what stood under the filler alone, so that the file says nothing new there', () => {
    const before = smallModel()
      .tensor('last', 'I8', [100_000], { bytes: patternBytes(100_000, 9) })
      .bytes();
    const planned = plan(before, [template(200)]);
    if (planned.strategy !== 'slide') throw new Error(planned.strategy);
    const written = planned.writes.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
    expect(written).toBeLessThan(headerAfter(planned, parseHeader(before)).byteLength);
    expect(tensorData(perform(before, [template(200)]))).toEqual(tensorData(before));
  });

  test('the next edit leaves the filler alone', () => {
    const before = smallModel()
      .tensor('last', 'I8', [100_000], { bytes: patternBytes(100_000, 9) })
      .bytes();
    const slid = perform(before, [template(200)]);
    const next = plan(slid, [template(201)]);
    expect(next.strategy).toBe('patch');
    expect(bytesToWrite(next)).toBeLessThan(500);
    expect(tensorData(perform(slid, [template(201)]))).toEqual(tensorData(before));
  });

  test('a second slide works on the first one', () => {
    const before = smallModel()
      .tensor('last', 'I8', [100_000], { bytes: patternBytes(100_000, 9) })
      .bytes();
    const once = perform(before, [template(2000)], 'slide');
    const twice = perform(once, [template(6000)]);
    expect(tensorData(twice)).toEqual(tensorData(before));
  });

  test('is refused with a reason', () => {
    const one = gguf().tensor('only', 'I8', [64]).bytes();
    expect(() => plan(one, [template(500)], 'slide')).toThrow('fewer than two tensors');
    const trailing = smallModel().trailing(new Uint8Array(99)).bytes();
    expect(() => plan(trailing, [template(500)], 'slide')).toThrow('bytes behind the last tensor');
  });
});

describe('rewrite', () => {
  test('is canonical: what the builder would have written', () => {
    const before = smallModel().bytes();
    const after = perform(before, [template(3000)], 'rewrite');
    expect(tensorData(after)).toEqual(tensorData(before));
    expect(keysOf(after)).toEqual(keysOf(before));
    expect(plan(before, [template(3000)], 'rewrite').copies.length).toBe(1);
  });

  test('drops the filler and puts tensors in the order of their infos', () => {
    const before = smallModel()
      .tensor('last', 'I8', [100_000], { bytes: patternBytes(100_000, 9) })
      .bytes();
    const slid = perform(before, [template(2000)]);
    expect(keysOf(slid)).toContain(FILLER_KEY);
    const clean = perform(slid, [], 'rewrite');
    expect(keysOf(clean)).not.toContain(FILLER_KEY);
    expect(tensorData(clean)).toEqual(tensorData(before));
  });

  test('a new alignment moves every tensor', () => {
    const before = smallModel().bytes();
    const edit: Edit = { op: 'set-metadata', key: 'general.alignment', value: { type: 'uint32', value: 128 } };
    expect(plan(before, [edit]).strategy).toBe('rewrite');
    const after = perform(before, [edit]);
    expect(parseHeader(after).alignment).toBe(128);
    expect(tensorData(after)).toEqual(tensorData(before));
  });

  test('a converted tensor is planned with its rows', () => {
    const before = gguf().tensor('a', 'F16', [64, 3]).tensor('b', 'I8', [64]).bytes();
    const planned = plan(before, [{ op: 'retype-tensor', name: 'a', to: 'Q8_0' }]);
    if (planned.strategy !== 'rewrite') throw new Error(planned.strategy);
    const { dataOffset } = parseHeader(before);
    expect(planned.conversions).toEqual([
      {
        tensor: 'a',
        rows: 3,
        rowWeights: 64,
        from: { offset: dataOffset, type: 'F16' },
        to: { offset: dataOffset, type: 'Q8_0', length: 204 },
      },
    ]);
  });
});

test('tensors with a gap between them are packed by a rewrite', () => {
  const gappy = gguf()
    .metadata('a', { type: 'uint8', value: 1 })
    .tensor('t', 'I8', [32], { offset: 32 })
    .trailing(new Uint8Array(32))
    .bytes();
  expect(parseHeader(gappy).problems.map(({ code }) => code)).toEqual(['tensor-offset']);
  const edit: Edit = { op: 'set-metadata', key: 'a', value: { type: 'uint8', value: 2 } };
  expect(plan(gappy, [edit]).strategy).toBe('rewrite');
  expect(parseHeader(perform(gappy, [edit])).problems).toEqual([]);
});

describe('refusals', () => {
  test('rows that are no whole number of blocks', () => {
    const odd = gguf().tensor('odd', 'F16', [40, 2]).bytes();
    expect(() => plan(odd, [{ op: 'retype-tensor', name: 'odd', to: 'Q8_0' }])).toThrow('rows of 40 weights');
  });

  test.each([
    ['a missing key', { op: 'remove-metadata', key: 'nope' } as Edit, "there is no key 'nope'"],
    ['a missing tensor', { op: 'retype-tensor', name: 'nope', to: 'F16' } as Edit, "there is no tensor 'nope'"],
    ['a type without kernel', { op: 'retype-tensor', name: 'blk.0.weight', to: 'Q8_0' } as Edit, 'cannot read I8'],
    [
      'a bad alignment',
      { op: 'set-metadata', key: 'general.alignment', value: { type: 'uint32', value: 13 } } as Edit,
      'is 13, expected a power of two',
    ],
    [
      'a duplicate key',
      { op: 'rename-metadata', key: 'general.name', to: 'general.file_type' } as Edit,
      'there is a key',
    ],
    ['an empty key', { op: 'rename-metadata', key: 'general.name', to: '' } as Edit, 'must not be empty'],
    [
      'a value that is not whole',
      { op: 'set-metadata', key: 'a', value: { type: 'uint32', value: 1.5 } } as Edit,
      'cannot hold',
    ],
  ])('%s', (_, edit, message) => {
    expect(() => plan(smallModel().bytes(), [edit])).toThrow(message);
  });
});
