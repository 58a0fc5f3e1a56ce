import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compareLogits } from '../../../src/quantizer/embedded/compare-logits.js';
import {
  type LlamaProbe,
  type ProbeOptions,
  type ProbeOutcome,
  probeModel,
} from '../../../src/quantizer/embedded/probe.js';
import { dataFolder, dataPath } from '../../support/data.js';
import { childUrl, describeWithLlama } from '../support/llama.js';
import { TINY_COUNTS, TINY_VOCABULARY, tinyLlama } from '../support/tiny-llama.js';

const hasLlamaQuantize = spawnSync('llama-quantize', ['--help'], { stdio: 'ignore' }).error === undefined;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ggufix-probe-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function probeBytes(bytes: Uint8Array | string, options: ProbeOptions = {}): Promise<ProbeOutcome> {
  const file = path.join(folder, 'model — ü.gguf');
  await writeFile(file, bytes);
  return probeModel(file, { childUrl, threads: 2, ...options });
}

function loaded(outcome: ProbeOutcome): LlamaProbe {
  if (outcome.kind !== 'loaded') throw new Error(`${outcome.kind}: ${outcome.words.join('\n')}`);
  return outcome.probe;
}

describeWithLlama('probeModel', () => {
  test('tells what llama.cpp reads and computes', async () => {
    const probe = loaded(await probeBytes(tinyLlama(), { tokens: [3, 1, 15], checkTensors: true }));
    expect(probe).toMatchObject({
      ...TINY_COUNTS,
      llamaVersion: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      description: expect.stringContaining('llama'),
      parameterCount: 32 * TINY_VOCABULARY + 3 * 32 + 4 * 32 * 32 + 3 * 32 * 64,
      layers: 1,
      vocabularySize: TINY_VOCABULARY,
      contextLength: 128,
      tokens: [3, 1, 15],
    });
    expect(probe.logits.map((row) => row.length)).toEqual([16, 16, 16]);
    expect(probe.logits.flatMap((row) => [...row]).every(Number.isFinite)).toBe(true);
  });

  test('computes the same from the same file and something else from another', async () => {
    const base = loaded(await probeBytes(tinyLlama()));
    const again = loaded(await probeBytes(tinyLlama(), { threads: 1 }));
    const shifted = loaded(await probeBytes(tinyLlama({ shift: 0.01 })));
    expect(compareLogits(base.logits, again.logits).maxAbsoluteDifference).toBe(0);
    expect(compareLogits(base.logits, shifted.logits).maxAbsoluteDifference).toBeGreaterThan(0.01);
  });

  test.each([
    ['a web page', '<!doctype html>', 'header', /invalid magic characters: '<!do'/],
    ['an empty file', '', 'header', /failed to read magic/],
    ['a cut header', tinyLlama().subarray(0, 100), 'header', /failed to read key-value pairs/],
    ['cut tensor data', tinyLlama().subarray(0, -5000), 'model', /data is not within the file bounds/],
    ['a missing tensor', tinyLlama({ without: 'blk.0.attn_q.weight' }), 'model', /'blk.0.attn_q.weight' not found/],
    [
      'a key of the wrong type',
      tinyLlama({ blockCount: { type: 'float32', value: 1 } }),
      'model',
      /key llama.block_count has wrong type f32 but expected type u32/,
    ],
    ['a NaN weight', tinyLlama({ shift: Number.NaN }), 'model', /has invalid data/],
  ] as const)('passes on why llama.cpp refuses %s', async (_, bytes, stage, words) => {
    const outcome = await probeBytes(bytes, { checkTensors: true });
    expect(outcome).toMatchObject({ kind: 'refused', stage });
    expect(outcome.words.join('\n')).toMatch(words);
  });

  test('passes on why llama.cpp refuses a file that is not there', async () => {
    const outcome = await probeModel(path.join(folder, 'absent.gguf'), { childUrl });
    expect(outcome).toMatchObject({ kind: 'refused', stage: 'header' });
    expect(outcome.words.join('\n')).toMatch(/failed to open GGUF file .*absent\.gguf/);
  });

  test('survives an assertion in llama.cpp, and tells which', async () => {
    const outcome = await probeBytes(tinyLlama({ blockCount: { type: 'uint32', value: 200_000 } }));
    expect(outcome.kind).toBe('crashed');
    expect(outcome.words.join('\n')).toMatch(/GGML_ASSERT\(.*n_layer/);
  });

  test('refuses prompt tokens that the vocabulary does not have', async () => {
    const outcome = await probeBytes(tinyLlama(), { tokens: [TINY_VOCABULARY] });
    expect(outcome).toMatchObject({ kind: 'refused', stage: 'tokens' });
  });

  test('refuses a prompt that is empty or too long, before anything starts', async () => {
    await expect(probeBytes(tinyLlama(), { tokens: [] })).rejects.toMatchObject({ code: 'bad-option' });
    await expect(probeBytes(tinyLlama(), { tokens: Array(65).fill(1) })).rejects.toMatchObject({ code: 'bad-option' });
  });

  // Opening a pipe that nobody writes to blocks llama.cpp for ever.
  describe.skipIf(process.platform === 'win32')('while llama.cpp hangs', () => {
    const pipe = (): string => {
      const file = path.join(folder, 'pipe.gguf');
      execFileSync('mkfifo', [file]);
      return file;
    };

    test('gives up after the timeout', async () => {
      const outcome = await probeModel(pipe(), { childUrl, timeoutMs: 2000 });
      expect(outcome).toEqual({ kind: 'timed-out', timeoutMs: 2000, words: [] });
    });

    test('stops when the caller aborts', async () => {
      const probe = probeModel(pipe(), { childUrl, signal: AbortSignal.timeout(1000) });
      await expect(probe).rejects.toMatchObject({ code: 'aborted' });
    });
  });

  const title = 'on a trained Gemma 3n';
  const withModel = dataFolder === undefined ? describe.skip : describe;
  withModel(dataFolder === undefined ? `${title} (skipped: GGUFIX_DATA is not set)` : title, () => {
    const model = dataPath('model', 'tiny-gemma3n-BF16.gguf');

    test('reads what its README says, and goes on with the sentence', async () => {
      const probe = loaded(await probeModel(model, { childUrl }));
      expect(probe).toMatchObject({
        description: expect.stringMatching(/^gemma3n .* BF16$/),
        keyCount: 42,
        tensorCount: 607,
        layers: 25,
        vocabularySize: 1280,
        contextLength: 1024,
      });
      expect(probe.tokens[0]).toBe(2); // <bos>
      const last = probe.logits.at(-1)!; // one row per token
      expect(last.indexOf(Math.max(...last))).toBe(369); // ' the', as llama-completion 0.7.0 says
    });

    test.skipIf(!hasLlamaQuantize)(
      `is hardly moved by Q8_0, more by Q4_0${hasLlamaQuantize ? '' : ' (skipped: no llama-quantize on PATH)'}`,
      async () => {
        const base = loaded(await probeModel(model, { childUrl }));
        const [fine, coarse] = await Promise.all(
          ['Q8_0', 'Q4_0'].map(async (type) => {
            const file = path.join(folder, `${type}.gguf`);
            execFileSync('llama-quantize', [model, file, type, '1'], { stdio: 'ignore' });
            const probe = loaded(await probeModel(file, { childUrl, tokens: base.tokens }));
            expect(probe).toMatchObject({ tensorCount: 607, description: expect.stringContaining(type) });
            return compareLogits(base.logits, probe.logits);
          }),
        );
        // The data's README measured a mean of 0.00035 and 0.026 over 59,670 positions.
        expect(fine).toMatchObject({ sameTopToken: fine?.positions });
        expect(fine?.meanKl).toBeLessThan(0.002);
        expect(coarse?.meanKl).toBeGreaterThan(0.005);
        expect(coarse?.meanKl).toBeLessThan(0.1);
      },
    );
  });
});
