import { isUtf8 as nodeIsUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isUtf8 } from '../../src/gguf/text.js';

describe('isUtf8', () => {
  test('agrees with Node on every sequence of two bytes, and on three and four at the edges', () => {
    const edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xec, 0xed, 0xee];
    edges.push(0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff);
    const sequences: number[][] = [];
    for (let pair = 0; pair < 2 ** 16; pair += 1) sequences.push([pair >> 8, pair & 0xff]);
    for (const a of edges) {
      for (const b of edges) {
        for (const c of edges) sequences.push([a, b, c], ...edges.map((d) => [a, b, c, d]));
      }
    }
    const different = sequences.filter(
      (bytes) => isUtf8(Uint8Array.from(bytes)) !== nodeIsUtf8(Uint8Array.from(bytes)),
    );
    expect(different).toEqual([]);
  });

  test('agrees with Node on text that was cut or damaged, and looks at no byte outside of the range', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(30), fc.nat(30), fc.nat(255), (text, start, length, byte) => {
        const bytes = Buffer.from(`${text}é€🎈`);
        bytes[byte % bytes.byteLength] = byte;
        const [from, to] = [Math.min(start, bytes.byteLength), Math.min(start + length, bytes.byteLength)];
        expect(isUtf8(bytes, from, to)).toBe(nodeIsUtf8(bytes.subarray(from, to)));
      }),
    );
  });
});
