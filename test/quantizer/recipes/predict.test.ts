import { statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Header } from '../../../src/gguf/model.js';
import { readHeader } from '../../../src/gguf/parse.js';
import type { BaseType } from '../../../src/quantizer/recipes/base-types.js';
import { imatrixKeys } from '../../../src/quantizer/recipes/imatrix-keys.js';
import { predictSize } from '../../../src/quantizer/recipes/predict.js';
import { findPreset } from '../../../src/quantizer/recipes/presets/presets.js';
import { resolveRecipe } from '../../../src/quantizer/recipes/resolve.js';
import type { ResolvedRecipe } from '../../../src/quantizer/recipes/resolved.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import type { KeyValue } from '../../../src/quantizer/recipes/written-header.js';
import { openFile } from '../../../src/sources/file.js';
import { dataPath, describeWithData } from '../../support/data.js';
import { describeWithTools, runTool } from '../../support/llama-tools.js';
import { tempFolder } from '../../support/temp.js';
import { tensorTypeFlags } from './support/dry-run.js';

/** Quantizes with the real llama-quantize and gives the size of the result. */
function realBytes(file: string, resolved: ResolvedRecipe, flags: readonly string[] = []): number {
  const out = path.join(tempFolder(), 'out.gguf');
  runTool('llama-quantize', [...tensorTypeFlags(resolved), ...flags, file, out, resolved.fileType, '1']);
  return statSync(out).size;
}

async function headerOf(file: string): Promise<Header> {
  await using source = await openFile(file);
  return await readHeader(source);
}

describeWithData('with real models', () => {
  describeWithTools('the file that llama-quantize writes has the predicted size', ['llama-quantize'], () => {
    const gemma = dataPath('model', 'tiny-gemma3n-BF16.gguf');
    const stories = dataPath('model', 'stories260K.gguf');
    const imatrix = dataPath('model', 'tiny-gemma3n.imatrix.gguf');

    test.each<BaseType>(['Q4_K_M', 'Q8_0', 'Q3_K_S', 'IQ4_XS', 'TQ2_0'])('stories260K as %s', async (type) => {
      const header = await headerOf(stories);
      const resolved = resolveStock(type, header);
      expect(realBytes(stories, resolved)).toBe(predictSize(header, resolved).fileBytes);
    });

    test.each<BaseType>(['Q4_K_M', 'Q6_K', 'Q5_0'])('Gemma 3n as %s', async (type) => {
      const header = await headerOf(gemma);
      const resolved = resolveStock(type, header);
      expect(realBytes(gemma, resolved)).toBe(predictSize(header, resolved).fileBytes);
    });

    test('Gemma 3n by a preset, with an imatrix and keys of our own', async () => {
      const header = await headerOf(gemma);
      const resolved = resolveRecipe(findPreset('UD-Q3_K_XL')!, header, { imatrix: true });
      const flags = ['--imatrix', imatrix, '--override-kv', 'general.name=str:A longer name than before'];
      const keys: KeyValue[] = [
        { key: 'general.name', value: { type: 'string', value: 'A longer name than before' } },
        ...imatrixKeys({ file: imatrix, dataset: 'calibration.txt', entries: 340, chunks: 1500 }),
      ];
      expect(realBytes(gemma, resolved, flags)).toBe(predictSize(header, resolved, { keys }).fileBytes);
    });

    test('bits a weight are those that llama-quantize prints', async () => {
      const header = await headerOf(gemma);
      const resolved = resolveStock('Q4_K_M', header);
      const { err } = runTool('llama-quantize', ['--dry-run', gemma, 'Q4_K_M', '1']);
      const [, printed] = /quant size .*\((.+) BPW\)/.exec(err) ?? [];
      expect(predictSize(header, resolved).bpw.toFixed(2)).toBe(printed);
    });
  });
});
