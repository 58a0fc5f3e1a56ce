import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openModel } from '../../../src/quantizer/quantize/open-model.js';
import { prepare } from '../../../src/quantizer/quantize/prepare.js';
import { hasSidecar, sidecarText } from '../../../src/quantizer/quantize/sidecar-text.js';
import { parseRecipe } from '../../../src/quantizer/recipes/read.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { tempFile } from '../../support/temp.js';
import { splitModel } from '../support/split-model.js';
import { tinyLlama } from '../support/tiny-llama.js';

const engine = {
  kind: 'llama-quantize',
  program: '/opt/llama-quantize',
  prefix: [],
  features: new Set<never>(),
} as const;
const made = { engine, engineVersion: '0.7.0', sourceHash: 'a'.repeat(64) };

async function textFor(file: string, imatrix?: string, engineVersion = '0.7.0'): Promise<string> {
  await using model = await openModel(file);
  const recipe = resolveStock('Q4_K_M', model.header);
  const preparation = prepare(model, recipe, { version: '1' });
  const plain = { allowRequantize: false, sidecar: true, force: false, threads: 1 };
  return await sidecarText(
    { ...plain, model, out: '/models/out.gguf', recipe, preparation, imatrix },
    { ...made, engineVersion },
  );
}

describe('sidecarText', () => {
  test('names everything by file name and hash, and no folder', async () => {
    const imatrix = tempFile(Buffer.from('an imatrix'), 'im.gguf');
    const text = await textFor(tempFile(tinyLlama(), 'in.gguf'), imatrix);
    expect(parseRecipe(text, 'out.recipe.json').provenance).toEqual({
      quantizedBy: 'ggufix 1',
      engine: 'llama-quantize 0.7.0',
      source: { file: 'in.gguf', sha256: made.sourceHash },
      imatrix: { file: 'im.gguf', sha256: createHash('sha256').update('an imatrix').digest('hex') },
    });
    expect(text).not.toMatch(/\/(models|tmp|opt)\b/);
    expect(text.endsWith('}\n')).toBe(true);
  });

  test('calls a split model by its first shard', async () => {
    const text = await textFor(splitModel()[1]);
    expect(parseRecipe(text, 'x.json').provenance?.source.file).toBe('split-00001-of-00002.gguf');
  });

  test('cuts what an engine says of itself to what a recipe may hold', async () => {
    const text = await textFor(tempFile(tinyLlama()), undefined, 'v'.repeat(4000));
    expect(parseRecipe(text, 'x.json').provenance?.engine).toHaveLength(1000);
  });
});

test.each([
  ['Q4_K_M', true],
  ['iq2_xxs', true],
  ['F32', false],
  ['f16', false],
  ['BF16', false],
])('a result of %s has a sidecar: %s', (fileType, has) => {
  expect(hasSidecar(fileType)).toBe(has);
});
