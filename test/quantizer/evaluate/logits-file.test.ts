import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { readLogitsFile } from '../../../src/quantizer/evaluate/logits-file.js';
import { tempFile } from '../../support/temp.js';
import { zeroLogits } from '../support/evaluate.js';

const SHAPE = { contextSize: 16, vocabularySize: 10, chunks: 3 };
const ORIGIN = { schema: 'ggufix.base-logits/1', model: 'a'.repeat(64), text: 'b'.repeat(64), maxChunks: 3 };

const fileOf = (...parts: readonly Uint8Array[]): string => tempFile(Buffer.concat(parts), 'base.kld');

describe('readLogitsFile', () => {
  test('reads what the scores are of', async () => {
    expect(await readLogitsFile(fileOf(zeroLogits(SHAPE)))).toEqual({ ...SHAPE, origin: undefined });
  });

  test('and what ggufix wrote behind them', async () => {
    const file = fileOf(zeroLogits(SHAPE), Buffer.from(JSON.stringify(ORIGIN)));
    expect(await readLogitsFile(file)).toEqual({ ...SHAPE, origin: ORIGIN });
  });

  test.each([
    ['no JSON', 'abc'],
    ['another document', '{}'],
    ['too long', `${JSON.stringify(ORIGIN)}${' '.repeat(5000)}`],
  ])('what stands behind them and is %s says nothing', async (_what, text) => {
    expect(await readLogitsFile(fileOf(zeroLogits(SHAPE), Buffer.from(text)))).toEqual({ ...SHAPE, origin: undefined });
  });

  test('refuses a file cut anywhere', async () => {
    const whole = zeroLogits({ contextSize: 8, vocabularySize: 2, chunks: 1 });
    for (let length = 0; length < whole.byteLength; length += 1) {
      const code = length < 8 ? 'mismatch' : 'truncated';
      await expect(readLogitsFile(fileOf(whole.subarray(0, length))), `cut at ${length}`).rejects.toMatchObject({
        code,
      });
    }
  });

  test('says how much is missing', async () => {
    const whole = zeroLogits(SHAPE);
    const file = fileOf(whole.subarray(0, 300));
    await expect(readLogitsFile(file)).rejects.toThrow(
      `the scores in ${file} end early: it has 300 bytes, expected ${whole.byteLength}`,
    );
  });

  test('refuses another kind of file by its beginning', async () => {
    const file = fileOf(Buffer.from('GGUF\u0003\0\0\0'.padEnd(64, '\0')));
    await expect(readLogitsFile(file)).rejects.toThrow(
      `${file} holds no scores of llama-perplexity: its beginning is "GGUF\\u0003\\u0000\\u0000\\u0000", expected "_logits_"`,
    );
  });

  test.each(['contextSize', 'vocabularySize', 'chunks'])('refuses a %s that is not above zero', async (what) => {
    for (const value of [0, -1]) {
      const bytes = zeroLogits(SHAPE);
      bytes.writeInt32LE(value, { contextSize: 8, vocabularySize: 12, chunks: 16 }[what] ?? 0);
      await expect(readLogitsFile(fileOf(bytes))).rejects.toThrow(`its ${what} is ${value}, expected at least 1`);
    }
  });

  test('counts that no file could hold are a file that ends early', async () => {
    const bytes = zeroLogits(SHAPE);
    for (const at of [8, 12, 16]) bytes.writeInt32LE(2 ** 31 - 1, at);
    await expect(readLogitsFile(fileOf(bytes))).rejects.toMatchObject({ code: 'truncated' });
  });

  test('a file that is not there is unreadable', async () => {
    await expect(readLogitsFile('/nowhere/b.kld')).rejects.toMatchObject({ code: 'source-unreadable' });
  });
});
