import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { corpusFiles, DEMO_PATH } from '../fixtures/generate.js';
import { runChecks, verdictOf } from '../src/checks/run.js';
import { WindowEnded } from '../src/gguf/cursor.js';
import { reencode } from '../src/gguf/encode.js';
import { encodeEntry, integerRange } from '../src/gguf/encode-value.js';
import { HeaderParser } from '../src/gguf/header-parser.js';
import { placeTensors } from '../src/gguf/layout.js';
import { fatalProblem, type Header } from '../src/gguf/model.js';
import { parseHeader, readHeader } from '../src/gguf/parse.js';
import { MAX_HEADER_BYTES } from '../src/limits.js';
import { openFile } from '../src/sources/file.js';
import { gguf } from './support/gguf-builder.js';
import { tempFile } from './support/temp.js';

const valid = corpusFiles().filter(({ path: file }) => file.startsWith('corpus/valid/'));
const demo = readFileSync(path.join('fixtures', DEMO_PATH));

/** Whatever the bytes are, the parser answers with a header, and the rules with findings. */
function judge(bytes: Uint8Array): Header {
  const header = parseHeader(bytes);
  expect(header.fileSize).toBe(bytes.byteLength);
  runChecks(header);
  return header;
}

describe('cut and damaged headers', () => {
  test.each(valid)('$path cut at each byte of its header fails', ({ bytes }) => {
    const { infoEnd } = parseHeader(bytes);
    for (let length = 0; length < infoEnd; length += 1) {
      const header = judge(bytes.subarray(0, length));
      expect(fatalProblem(header)?.code, `cut at ${length}`).toMatch(/^(header-truncated|magic)$/);
      expect(verdictOf(runChecks(header)), `cut at ${length}`).toBe('fail');
    }
  });

  test.each(valid)('$path with each header byte flipped gets an answer', ({ bytes }) => {
    const { infoEnd } = parseHeader(bytes);
    for (let at = 0; at < infoEnd; at += 1) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = damaged[at]! ^ mask;
        judge(damaged);
      }
    }
  });

  test('the demo, cut and damaged at every 97th byte', () => {
    const damaged = Buffer.from(demo);
    for (let at = 0; at < parseHeader(demo).infoEnd; at += 97) {
      expect(fatalProblem(judge(demo.subarray(0, at)))).toBeDefined();
      damaged[at] = demo[at]! ^ 0xff;
      judge(damaged);
      damaged[at] = demo[at]!;
    }
  });
});

describe('windows', () => {
  test.each(valid)('$path read one byte more at a time gives the header that it gives at once', ({ bytes }) => {
    const parser = new HeaderParser(bytes.byteLength);
    // The first window always holds the magic.
    let length = 4;
    while (!isDone(parser, bytes.subarray(0, length))) length += 1;
    const whole = parseHeader(bytes);
    expect(length).toBe(whole.infoEnd);
    expect(parser.header(bytes)).toEqual(whole);
  });

  test('bytes that are fewer than the header has are an error, not a fault of the file', () => {
    const { infoEnd } = parseHeader(demo);
    expect(() => parseHeader(demo.subarray(0, infoEnd - 1), demo.byteLength)).toThrow(
      expect.objectContaining({ name: 'GgufError', code: 'truncated' }),
    );
  });

  function isDone(parser: HeaderParser, window: Uint8Array): boolean {
    try {
      parser.run(window);
      return true;
    } catch (error) {
      if (error instanceof WindowEnded) return false;
      throw error;
    }
  }
});

describe('properties', () => {
  const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
  const number = fc.record({ type: fc.constant('float64' as const), value: fc.double() });
  const text = fc.record({ type: fc.constant('string' as const), value: fc.string({ unit: 'binary' }) });
  const list = fc.record({
    type: fc.constant('array' as const),
    itemType: fc.constant('int32' as const),
    items: fc.array(fc.integer()),
  });
  const value = fc.oneof(number, text, list);
  const file = fc.record({
    metadata: fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 8 }),
    tensors: fc.uniqueArray(fc.tuple(name, fc.integer({ min: 0, max: 70 })), {
      selector: ([key]) => key,
      maxLength: 5,
    }),
    alignment: fc.constantFrom(1, 8, 32, 64),
  });

  const build = ({ metadata, tensors, alignment }: { [K in keyof FileOf]: FileOf[K] }): Uint8Array => {
    let builder = gguf().metadata('general.alignment', { type: 'uint32', value: alignment });
    for (const [key, each] of metadata) builder = builder.metadata(key, each);
    for (const [key, length] of tensors) builder = builder.tensor(key, 'I8', [length]);
    return builder.bytes();
  };
  type FileOf = typeof file extends fc.Arbitrary<infer T> ? T : never;

  test('a canonical header is encoded as the bytes that it was parsed from', () => {
    fc.assert(
      fc.property(file, (parts) => {
        const bytes = build(parts);
        const header = parseHeader(bytes);
        expect(header.problems).toEqual([]);
        expect(Buffer.compare(reencode(header), bytes.subarray(0, header.dataOffset))).toBe(0);
      }),
    );
  });

  const integer = (type: 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'uint64' | 'int64') =>
    fc.record({ type: fc.constant(type), value: fc.bigInt(integerRange(type)) });
  const scalar = fc.oneof(
    number,
    text,
    fc.record({ type: fc.constant('bool' as const), value: fc.boolean() }),
    fc.record({ type: fc.constant('float32' as const), value: fc.float() }),
    ...(['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'uint64', 'int64'] as const).map(integer),
  );

  test('an entry is encoded as the independent builder writes it, alone and in an array', () => {
    fc.assert(
      fc.property(name, scalar, fc.nat(3), (key, { type, value: item }, count) => {
        const items = Array.from({ length: count }, () => item);
        for (const typed of [
          { type, value: item },
          { type: 'array' as const, itemType: type, items },
        ]) {
          const written = gguf().metadata(key, typed).bytes().subarray(24);
          expect(Buffer.compare(encodeEntry(key, typed), written)).toBe(0);
        }
      }),
    );
  });

  test('random damage gets an answer', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(file, damage, (parts, changes) => {
        const bytes = Buffer.from(build(parts));
        for (const [at, byte] of changes) bytes[at % bytes.byteLength] = byte;
        judge(bytes);
      }),
      { numRuns: 500 },
    );
  });

  test('placed tensors are aligned and never overlap', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 ** 40), { maxLength: 20 }), fc.constantFrom(1, 32, 4096), (lengths, alignment) => {
        const places = placeTensors(lengths, alignment);
        places.forEach(({ offset, length }, i) => {
          expect(offset % alignment).toBe(0);
          const next = places[i + 1];
          if (next !== undefined) expect(next.offset).toBeGreaterThanOrEqual(offset + length);
        });
      }),
    );
  });
});

const HUGE = [2n ** 20n, 2n ** 30n, 2n ** 30n + 1n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 62n, 2n ** 63n, 2n ** 64n - 1n];

/** One number of a header, replaced by a huge one. */
const claims: Readonly<Record<string, (claim: bigint) => Uint8Array>> = {
  'tensor count': (claim) => gguf().counts({ tensors: claim }).bytes(),
  'key count': (claim) => gguf().counts({ keys: claim }).bytes(),
  'key length': (claim) => gguf().rawEntry(u64(claim)).bytes(),
  'string length': (claim) => entry(8, u64(claim)),
  'byte array length': (claim) => entry(9, u32(0), u64(claim)),
  'u64 array length': (claim) => entry(9, u32(10), u64(claim)),
  'string array length': (claim) => entry(9, u32(8), u64(claim)),
  'array of arrays length': (claim) => entry(9, u32(9), u64(claim)),
  'tensor name length': (claim) => gguf().rawInfo(u64(claim)).bytes(),
  'tensor dimension': (claim) =>
    gguf()
      .tensor('t', 'F32', [claim], { bytes: new Uint8Array(4) })
      .bytes(),
  'tensor offset': (claim) => gguf().tensor('t', 'F32', [1], { offset: claim }).bytes(),
};

function entry(typeId: number, ...rest: readonly Uint8Array[]): Uint8Array {
  return gguf()
    .rawEntry(Buffer.concat([u64(3n), Buffer.from('key'), u32(typeId), ...rest]))
    .bytes();
}

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

describe.each(Object.entries(claims))('a huge %s', (_what, make) => {
  test.each(HUGE)('of %i in a tiny file is refused', (claim) => {
    const bytes = make(claim);
    expect(judge(bytes).problems.length).toBeGreaterThan(0);
  });

  test('in a sparse file of 1 TiB is refused or read within the memory that we allow', async () => {
    for (const claim of HUGE) {
      const bytes = make(claim);
      const file = tempFile(bytes);
      const handle = openSync(file, 'r+');
      writeSync(handle, bytes);
      ftruncateSync(handle, 2 ** 40);
      closeSync(handle);
      await using source = await openFile(file);
      let read = 0;
      const counted = {
        ...source,
        readInto: (target: Uint8Array, offset: number) => {
          read += target.byteLength;
          return source.readInto(target, offset);
        },
      };
      await readHeader(counted);
      expect(read).toBeLessThanOrEqual(MAX_HEADER_BYTES);
    }
  });
});

test('arrays nested 20,000 deep are refused, not followed', () => {
  const deep = Buffer.concat(Array.from({ length: 20_000 }, () => Buffer.concat([u32(9), u64(1n)])));
  const header = judge(
    gguf()
      .rawEntry(Buffer.concat([u64(3n), Buffer.from('key'), u32(9), deep]))
      .bytes(),
  );
  expect(header.problems.map(({ code }) => code)).toContain('nested-array');
});

test('keys that mean something in JavaScript are keys like others', () => {
  const names = ['__proto__', 'constructor', 'toString', 'version', 'hasOwnProperty'];
  const builder = names.reduce((file, key) => file.metadata(key, { type: 'uint8', value: 1 }), gguf());
  expect(parseHeader(builder.bytes()).metadata.map(({ key }) => key)).toEqual(names);
});
