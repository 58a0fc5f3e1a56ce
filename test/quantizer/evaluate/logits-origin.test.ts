import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { originOf, parseOrigin } from '../../../src/quantizer/evaluate/logits-origin.js';
import { gguf } from '../../support/gguf-builder.js';
import { smallModel } from '../../support/models.js';
import { tempFile, tempFolder } from '../../support/temp.js';

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

  test('is the same for a copy of the model, another one for other metadata and other weights', async () => {
    const bytes = Buffer.from(smallModel().bytes());
    const model = tempFile(bytes);
    const copy = path.join(tempFolder(), 'other-name.gguf');
    copyFileSync(model, copy);
    const renamed = tempFile(smallModel().metadata('x', { type: 'uint8', value: 1 }).bytes());
    bytes[bytes.byteLength - 1] = 255;
    const origins = await Promise.all([model, copy, renamed, tempFile(bytes)].map((file) => originOf(file, file, 1)));
    const [own, same, ...others] = origins.map((origin) => origin.model);
    expect(same).toBe(own);
    expect(new Set([own, ...others]).size).toBe(3);
  });

  test('is another one where any shard was replaced', async () => {
    const shard = (value: number): Uint8Array =>
      gguf()
        .tensor(`t`, 'I8', [32], { bytes: new Uint8Array(32).fill(value) })
        .bytes();
    const first = tempFile(shard(1), 'm-00001-of-00002.gguf');
    const second = path.join(path.dirname(first), 'm-00002-of-00002.gguf');
    writeFileSync(second, shard(2));
    const before = await originOf(first, first, undefined);
    writeFileSync(second, shard(3));
    expect((await originOf(first, first, undefined)).model).not.toBe(before.model);
  });

  test.each(['', '{', 'null', '[]', '{"schema":"ggufix.base-logits/2"}'])('%j is no origin', (text) => {
    expect(parseOrigin(text)).toBeUndefined();
  });
});
