import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { GgufError } from '../../../src/errors.js';
import type { ChunkProgress } from '../../../src/quantizer/evaluate/base-progress.js';
import { computeLogits, type RunOptions } from '../../../src/quantizer/evaluate/compute-logits.js';
import { openPerplexity } from '../../../src/quantizer/evaluate/perplexity.js';
import { gguf } from '../../support/gguf-builder.js';
import { tempFile, tempFolder } from '../../support/temp.js';
import { type ScriptedRun, scriptedProgram, zeroLogits } from '../support/evaluate.js';

const TOKENS = { type: 'array', itemType: 'string', items: ['a', 'b', 'c', 'd'] } as const;
const SHAPE = { contextSize: 16, vocabularySize: 4, chunks: 3 };
const announced = (chunks: number): string =>
  `0.1 I perplexity: calculating perplexity over ${chunks} chunks, n_ctx=16\n`;

async function computed(run: ScriptedRun, options: RunOptions = {}) {
  const { program, calls } = scriptedProgram([run]);
  const model = tempFile(gguf().metadata('tokenizer.ggml.tokens', TOKENS).bytes());
  const logits = path.join(tempFolder(), 'base.kld');
  const request = { model, text: 't.txt', logits, contextSize: 16, chunks: undefined, threads: undefined };
  return { logits, calls, model, result: computeLogits(await openPerplexity(program), request, options) };
}

describe.skipIf(process.platform === 'win32')('computeLogits', () => {
  test('resolves to what was written, and tells of the chunks', async () => {
    const seen: ChunkProgress[] = [];
    const run = { err: announced(3), out: '[1]2.5,[2]2.4,[3]2.3,\n', logits: zeroLogits(SHAPE) };
    const { result } = await computed(run, { onProgress: (progress) => void seen.push(progress) });
    expect(await result).toEqual({ ...SHAPE, origin: undefined });
    expect(seen.at(-1)).toEqual({ done: 3, total: 3 });
  });

  test('ends the program before it writes what has no room', async () => {
    const chunks = 2 ** 31 - 1;
    const { result } = await computed({ err: announced(chunks), sleeps: 50 });
    await expect(result).rejects.toMatchObject({
      code: 'no-space',
      details: { need: 20 + chunks * (4 * 16 + 7 * 2 * 8) },
    });
  });

  test('stops with the reason of the signal', async () => {
    const stop = new AbortController();
    const reason = new GgufError('aborted', 'interrupted by SIGINT', { why: 'SIGINT' });
    const onProgress = (): void => stop.abort(reason);
    const { result } = await computed({ err: announced(3), sleeps: 50 }, { signal: stop.signal, onProgress });
    await expect(result).rejects.toBe(reason);
  });

  test('notices that not all was written, which the program does not', async () => {
    const whole = zeroLogits(SHAPE);
    const { result, model } = await computed({ err: announced(3), logits: whole.subarray(0, 200) });
    await expect(result).rejects.toThrow(
      `llama-perplexity failed to compute the scores of ${model} (exit code 0, after 200 of at least ${whole.byteLength} bytes of scores)`,
    );
  });

  test('a text that is too short ends well for the program, and is told in its words', async () => {
    const err = '0.00.196.663 E perplexity: you need at least 1024 tokens\n';
    const { result } = await computed({ err, logits: zeroLogits(SHAPE).subarray(0, 12) });
    await expect(result).rejects.toThrow('bytes of scores): perplexity: you need at least 1024 tokens');
  });

  test('no scores at all, and a failure', async () => {
    const { result, logits } = await computed({});
    await expect(result).rejects.toThrow('(exit code 0, without scores)');
    expect(existsSync(logits)).toBe(false);
    await expect((await computed({ err: 'error: no model', exitCode: 2 })).result).rejects.toMatchObject({
      code: 'engine-failed',
      details: { how: 'exit code 2', lastWords: ['error: no model'] },
    });
  });
});
