import { appendFileSync, copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { fingerprintModel, originOf, parseOrigin } from '../../../src/quantizer/evaluate/logits-origin.js';
import { gguf } from '../../support/gguf-builder.js';
import { patternBytes, smallModel } from '../../support/models.js';
import { tempFile, tempFolder } from '../../support/temp.js';

describe('fingerprintModel', () => {
  test('is the same for a copy', async () => {
    const file = tempFile(smallModel().bytes());
    const copy = path.join(tempFolder(), 'other-name.gguf');
    copyFileSync(file, copy);
    expect(await fingerprintModel(copy)).toBe(await fingerprintModel(file));
  });

  test('is another one for other metadata, other weights and another size', async () => {
    const file = tempFile(smallModel().bytes());
    const renamed = tempFile(smallModel().metadata('x', { type: 'uint8', value: 1 }).bytes());
    const bytes = Buffer.from(smallModel().bytes());
    bytes[bytes.byteLength - 1] = 255;
    const retrained = tempFile(bytes);
    const longer = path.join(tempFolder(), 'longer.gguf');
    copyFileSync(file, longer);
    appendFileSync(longer, '\0');
    const prints = await Promise.all([file, renamed, retrained, longer].map((model) => fingerprintModel(model)));
    expect(new Set(prints).size).toBe(4);
  });

  test('looks at the beginning, the end and places between of large data', async () => {
    const size = 4 * 2 ** 20;
    const weights = patternBytes(size, 1);
    const model = (at?: number): string => {
      const changed = Uint8Array.from(weights);
      if (at !== undefined) changed.fill(0, at, at + size / 8);
      return tempFile(gguf().tensor('t', 'I8', [size], { bytes: changed }).bytes());
    };
    const places = [undefined, 0, size / 4, size / 2, size - size / 8];
    const prints = await Promise.all(places.map((at) => fingerprintModel(model(at))));
    expect(new Set(prints).size).toBe(places.length);
  });

  test('a model without tensors has one too', async () => {
    expect(await fingerprintModel(tempFile(gguf().bytes()))).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('originOf', () => {
  test('is read back as it was written', async () => {
    const model = tempFile(smallModel().bytes());
    const text = path.join(path.dirname(model), 'text.txt');
    writeFileSync(text, 'abc');
    const origin = await originOf(model, text, 20);
    expect(origin).toMatchObject({
      text: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      maxChunks: 20,
    });
    expect(parseOrigin(JSON.stringify(origin))).toEqual(origin);
    expect(await originOf(model, text, undefined)).not.toHaveProperty('maxChunks');
  });

  test.each(['', '{', 'null', '[]', '{"schema":"ggufix.base-logits/2"}'])('%j is no origin', (text) => {
    expect(parseOrigin(text)).toBeUndefined();
  });
});
