import { describe, expect, test } from 'vitest';
import type { TensorGroup } from '../../../../src/quantizer/planner/sensitivity/groups.js';
import {
  type MeasureSensitivityOptions,
  measureSensitivities,
} from '../../../../src/quantizer/planner/sensitivity/measure-sensitivity.js';
import { dataPath, describeWithData } from '../../../support/data.js';
import { tempFile } from '../../../support/temp.js';
import { describeWithLlama } from '../../support/llama.js';
import { tinyLlama } from '../../support/tiny-llama.js';

const childUrl = new URL('../../../../dist/quantizer/planner/sensitivity/noise-child.js', import.meta.url);
const extent = { sequences: 2, unscored: 4, scored: 12 };
const group = (name: string): TensorGroup => ({ name, tensors: [`${name}.weight`] });

async function measure(
  path: string,
  names: readonly string[],
  options: Partial<MeasureSensitivityOptions> = {},
): Promise<ReadonlyMap<string, number | undefined>> {
  const found = new Map<string, number | undefined>();
  await measureSensitivities(path, names.map(group), {
    ...{ extent, seed: 1, threads: 1, childUrl },
    onGroup: ({ name }, value) => void found.set(name, value),
    ...options,
  });
  return found;
}

describeWithLlama('measureSensitivities', () => {
  const names = ['token_embd', 'blk.0.attn_v', 'blk.0.ffn_down', 'blk.7.ffn_down'];

  test('a sensitivity for what takes part, none for what does not; the seed decides', async () => {
    const file = tempFile(tinyLlama());
    const found = await measure(file, names);
    expect([...found.keys()]).toEqual(names);
    expect(found.get('blk.7.ffn_down')).toBeUndefined();
    for (const name of names.slice(0, 3)) expect(found.get(name), name).toBeGreaterThan(0);
    expect(await measure(file, names)).toEqual(found);
    expect(await measure(file, names, { seed: 2 })).not.toEqual(found);
  });

  test('a file that llama.cpp refuses', async () => {
    const file = tempFile(tinyLlama({ without: 'output_norm.weight' }));
    await expect(measure(file, names)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'the embedded llama.cpp does not load the model',
    });
  });

  test('nothing to measure starts nothing', async () => {
    expect((await measure('/no/such/file', [])).size).toBe(0);
  });

  describeWithData('a trained model', () => {
    const file = dataPath('model', 'stories260K.gguf');
    const words = 'Once upon a time there was a little girl named Lily. She loved to play in the park with her dog. ';

    test('the output matters far more than a query, on its own text as on another', async () => {
      const wanted = ['output', 'blk.2.attn_q', 'blk.2.ffn_gate'];
      const made = await measure(file, wanted);
      const given = await measure(file, wanted, { texts: [words, words] });
      for (const found of [made, given]) {
        const [output = 0, query = 0, gate = 0] = wanted.map((name) => found.get(name) ?? 0);
        expect(output).toBeGreaterThan(4 * gate);
        expect(gate).toBeGreaterThan(query);
      }
    });

    test('a text that is too short is refused', async () => {
      await expect(measure(file, ['output'], { texts: ['Once', 'upon'] })).rejects.toMatchObject({
        code: 'bad-option',
        message: expect.stringMatching(/^a piece of the text has \d tokens, expected at least 16/),
      });
    });
  });

  describe('a signal', () => {
    test('stops it at once', async () => {
      const stop = new AbortController();
      const run = measure(tempFile(tinyLlama()), names, { signal: stop.signal, onGroup: () => stop.abort() });
      await expect(run).rejects.toMatchObject({ code: 'aborted' });
    });
  });
});
