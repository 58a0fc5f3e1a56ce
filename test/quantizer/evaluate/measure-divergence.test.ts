import { describe, expect, test } from 'vitest';
import type { ChunkProgress } from '../../../src/quantizer/evaluate/base-progress.js';
import { measureDivergence } from '../../../src/quantizer/evaluate/measure-divergence.js';
import { openPerplexity } from '../../../src/quantizer/evaluate/perplexity.js';
import { type ScriptedRun, scriptedProgram, TWO_CHUNKS } from '../support/evaluate.js';

const SHAPE = { contextSize: 512, vocabularySize: 1280, chunks: 2 };
const REQUEST = { model: 'q4.gguf', logits: 'b.kld', threads: 1 };
const TABLE = TWO_CHUNKS.replace(/\n====== Perplexity[\s\S]*/, '');

async function measured(runs: readonly ScriptedRun[], shape = SHAPE) {
  const { program, calls } = scriptedProgram(runs);
  const result = await measureDivergence(await openPerplexity(program), REQUEST, shape);
  return { result, calls: calls() };
}

describe.skipIf(process.platform === 'win32')('measureDivergence', () => {
  test('takes the figures of a run that printed them all, and tells of its chunks', async () => {
    const { program, calls } = scriptedProgram([{ out: TWO_CHUNKS }]);
    const seen: ChunkProgress[] = [];
    const options = { onProgress: (progress: ChunkProgress) => void seen.push(progress) };
    const result = await measureDivergence(await openPerplexity(program), REQUEST, SHAPE, options);
    expect(result).toMatchObject({ meanKld: { value: 0.014361 }, kld999: 0.244253 });
    expect([seen[0], seen.at(-1)]).toEqual([
      { done: 0, total: 2 },
      { done: 2, total: 2 },
    ]);
    expect(calls()).toEqual(['-m q4.gguf -c 512 -t 1 --kl-divergence-base b.kld --kl-divergence']);
  });

  test('runs again where the statistics did not come out', async () => {
    const { result, calls } = await measured([{ out: TABLE }, { out: TWO_CHUNKS }]);
    expect(result.kld999).toBe(0.244253);
    expect(calls).toHaveLength(2);
  });

  test('up to four times', async () => {
    const { result, calls } = await measured([{ out: TABLE }, {}, { out: TABLE }, { out: TWO_CHUNKS }]);
    expect(result.kld999).toBe(0.244253);
    expect(calls).toHaveLength(4);
  });

  test('then takes the last row of the table', async () => {
    const { result, calls } = await measured([{ out: TABLE }]);
    expect(result.meanKld).toEqual({ value: 0.01436, error: 0.00095 });
    expect(calls).toHaveLength(4);
  });

  test('of whichever run had one', async () => {
    expect((await measured([{ out: TABLE }, {}])).result.meanKld.value).toBe(0.01436);
    expect((await measured([{}, {}, {}, { out: TABLE }])).result.meanKld.value).toBe(0.01436);
  });

  test('asks no second time for statistics that there are none of', async () => {
    const { calls } = await measured([{ out: TABLE }], { ...SHAPE, contextSize: 64 });
    expect(calls).toHaveLength(1);
  });

  test('gives up after four runs without figures, though all ended well', async () => {
    const err = '0.00.2 E kl_divergence: failed reading log-probs for chunk 1\n';
    const half = TABLE.replace(/^ {3}2 .*\n/m, '');
    await expect(measured([{ out: half, err }])).rejects.toMatchObject({
      code: 'engine-failed',
      message:
        'llama-perplexity failed to compare q4.gguf with its base (exit code 0, without its figures, 4 times): kl_divergence: failed reading log-probs for chunk 1',
    });
  });

  test('a run that failed is not tried again', async () => {
    const { program, calls } = scriptedProgram([{ out: TWO_CHUNKS, err: 'E llama: out of memory', exitCode: 1 }]);
    const perplexity = await openPerplexity(program);
    await expect(measureDivergence(perplexity, REQUEST, SHAPE)).rejects.toThrow('(exit code 1): llama: out of memory');
    expect(calls()).toHaveLength(1);
  });

  test.each([
    ['Mean    KLD:        nan ±        nan', 'meanKld is NaN'],
    ['99.9%   KLD:        inf', 'kld999 is Infinity'],
  ])('%s is no figure', async (line, why) => {
    const name = line.slice(0, 8).trim();
    const out = TWO_CHUNKS.replace(new RegExp(`^${name}.* KLD:.*$`, 'm'), line);
    await expect(measured([{ out }])).rejects.toThrow(`the scores of q4.gguf are no numbers: ${why}`);
  });
});
