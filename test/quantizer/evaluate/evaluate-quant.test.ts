import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { evaluateQuant } from '../../../src/quantizer/evaluate/evaluate-quant.js';
import { dataPath, describeWithData } from '../../support/data.js';
import { gguf } from '../../support/gguf-builder.js';
import { describeWithTools, runTool } from '../../support/llama-tools.js';
import { tempFile, tempFolder } from '../../support/temp.js';
import { scriptedProgram, TWO_CHUNKS, zeroLogits } from '../support/evaluate.js';

const TOKENS = { type: 'array', itemType: 'string', items: ['a', 'b', 'c', 'd'] } as const;

describe.skipIf(process.platform === 'win32')('evaluateQuant', () => {
  test('refuses a quant with another vocabulary before the program would abort', async () => {
    const baseLogits = tempFile(zeroLogits({ contextSize: 16, vocabularySize: 5, chunks: 2 }), 'b.kld');
    const quant = tempFile(gguf().metadata('tokenizer.ggml.tokens', TOKENS).bytes());
    const { program, calls } = scriptedProgram([{ out: TWO_CHUNKS }]);
    await expect(evaluateQuant(quant, { baseLogits, llamaPerplexity: program })).rejects.toMatchObject({
      code: 'mismatch',
      details: { what: 'vocabulary', found: '4', expected: '5' },
    });
    expect(calls()).toEqual(['']);
  });
});

describeWithData('a quant of data/model', () => {
  describeWithTools('in llama-perplexity', ['llama-perplexity', 'llama-quantize'], () => {
    const base = dataPath('model/tiny-gemma3n-BF16.gguf');
    const text = dataPath('model/eval.txt');

    test('is measured in one go, and nothing is left behind', { timeout: 600_000 }, async () => {
      const quant = path.join(tempFolder(), 'q.gguf');
      runTool('llama-quantize', [base, quant, 'Q4_K_M', '1']);
      const workFolder = tempFolder();
      const evaluation = await evaluateQuant(quant, { base, text, chunks: 2, threads: 1, workFolder });
      expect(evaluation).toMatchObject({ contextSize: 512, chunks: 2, tokens: 510 });
      // Of the run that two-chunks.txt is the output of; another processor changes the last digits.
      expect(evaluation.meanKld.value).toBeCloseTo(0.014361, 3);
      expect(evaluation.basePerplexity?.value).toBeCloseTo(15.4766, 1);
      expect(evaluation.kld999).toBeGreaterThan(evaluation.medianKld ?? 1);
      expect(readdirSync(workFolder)).toEqual([]);
    });

    test('stops when it is told to, and leaves nothing behind', { timeout: 600_000 }, async () => {
      const stop = new AbortController();
      const workFolder = tempFolder();
      const options = { base, text, threads: 1, workFolder, signal: stop.signal, onProgress: () => stop.abort() };
      await expect(evaluateQuant(base, options)).rejects.toMatchObject({ code: 'aborted' });
      expect(readdirSync(workFolder)).toEqual([]);
    });
  });
});
