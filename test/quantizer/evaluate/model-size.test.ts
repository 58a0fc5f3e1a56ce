import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readModelSize } from '../../../src/quantizer/evaluate/model-size.js';
import { dataPath, describeWithData } from '../../support/data.js';
import { gguf } from '../../support/gguf-builder.js';
import { tempFile, tempFolder } from '../../support/temp.js';

describe('readModelSize', () => {
  test('counts the bytes of the file and the bits of its tensors', async () => {
    const bytes = gguf()
      .metadata('tokenizer.ggml.tokens', { type: 'array', itemType: 'string', items: ['a', 'b', 'c'] })
      .tensor('f', 'F32', [32])
      .tensor('q', 'Q8_0', [32, 3])
      .bytes();
    const bits = (32 * 32 + 96 * 8.5) / 128;
    expect(await readModelSize(tempFile(bytes))).toEqual({
      bytes: bytes.byteLength,
      bitsPerWeight: bits,
      vocabularySize: 3,
    });
  });

  test('of a set of shards counts them all', async () => {
    const folder = tempFolder();
    const shards = [
      gguf().metadata('tokenizer.ggml.tokens', { type: 'array', itemType: 'string', items: ['a'] }),
      gguf().tensor('f', 'F32', [32]),
      gguf().tensor('h', 'F16', [32]),
    ].map((builder) => builder.bytes());
    for (const [i, bytes] of shards.entries()) writeFileSync(path.join(folder, `m-0000${i + 1}-of-00003.gguf`), bytes);
    expect(await readModelSize(path.join(folder, 'm-00001-of-00003.gguf'))).toEqual({
      bytes: shards.reduce((sum, { byteLength }) => sum + byteLength, 0),
      bitsPerWeight: 24,
      vocabularySize: 1,
    });
  });

  test('of a set whose names are in capitals finds it', async () => {
    const file = tempFile(gguf().tensor('f', 'F32', [32]).bytes(), 'q-00001-of-00001.GGUF');
    expect(await readModelSize(file)).toMatchObject({ bitsPerWeight: 32 });
  });

  test('a shard that is missing is named', async () => {
    const folder = tempFolder();
    const first = path.join(folder, 'm-00001-of-00002.gguf');
    writeFileSync(first, gguf().bytes());
    await expect(readModelSize(first)).rejects.toThrow('m-00002-of-00002.gguf: no such file');
  });

  test('a file without tensors has no bits, one without tokens no vocabulary', async () => {
    expect(await readModelSize(tempFile(gguf().bytes()))).toMatchObject({
      bitsPerWeight: undefined,
      vocabularySize: undefined,
    });
  });

  test('a header that ends early is refused, with the name of the file', async () => {
    const file = tempFile(gguf().tensor('f', 'F32', [32]).cutAt(40).bytes());
    await expect(readModelSize(file)).rejects.toThrow(file);
  });
});

describeWithData('the size of data/model', () => {
  test('is what llama-quantize says of it', async () => {
    const { bytes, bitsPerWeight, vocabularySize } = await readModelSize(dataPath('model/tiny-gemma3n-BF16.gguf'));
    expect([bytes, vocabularySize]).toEqual([59_131_360, 1280]);
    // llama-quantize 0.7.0: model size = 56.33 MiB (16.03 BPW)
    expect(bitsPerWeight?.toFixed(2)).toBe('16.03');
  });
});
