import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseHeader } from '../../../../src/gguf/parse.js';
import { parseTensorType, type TensorTypeName } from '../../../../src/gguf/tensor-types.js';
import { type ErrorJob, measureErrors } from '../../../../src/quantizer/planner/errors/measure-errors.js';
import { relativeError, weightedError } from '../../../../src/quantizer/planner/errors/weighted-error.js';
import { dataPath, describeWithData } from '../../../support/data.js';
import { gguf } from '../../../support/gguf-builder.js';
import { tempFile } from '../../../support/temp.js';
import { describeWithLlama } from '../../support/llama.js';

const childUrl = new URL('../../../../dist/quantizer/planner/errors/error-child.js', import.meta.url);
const COLUMNS = 512;

/** A file with one F32 tensor, and the job to try types on some of its rows. */
function jobOf(
  weights: Float32Array,
  trials: readonly (readonly [TensorTypeName, ...number[]])[],
  options: { readonly importance?: Float32Array; readonly matrixRows?: number } = {},
): ErrorJob {
  const rows = weights.length / COLUMNS;
  const data = new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength);
  const bytes = gguf().tensor('a.weight', 'F32', [COLUMNS, rows], { bytes: data }).bytes();
  return {
    path: tempFile(bytes),
    tensor: {
      ...{ name: 'a.weight', type: 'F32', columns: COLUMNS },
      offset: parseHeader(bytes, bytes.byteLength).dataOffset,
      matrixRows: options.matrixRows ?? rows,
    },
    trials: trials.map(([type, ...own]) => ({ type, rows: own })),
    importance: async () => options.importance,
  };
}

async function errorsOf(job: ErrorJob): Promise<Record<string, number>> {
  const results: Record<string, number> = {};
  await measureErrors([job], {
    childUrl,
    onErrors: (_, errors) => void Object.assign(results, Object.fromEntries(errors)),
  });
  return results;
}

const normal = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898) + Math.sin(i * 78.233) + Math.sin(i * 3.7));

describeWithLlama('measureErrors', () => {
  describeWithData("against ggml's own quantizers", () => {
    const rows = [0, 2, 5];

    test.each(['Q4_K', 'Q6_K', 'Q3_K', 'IQ4_XS', 'IQ3_S', 'IQ2_XS', 'Q4_0', 'Q8_0', 'Q5_1'])(
      '%s with importance: the error of the bytes that ggml gave',
      async (name) => {
        const [input, importance] = [floats('input.f32'), floats('imatrix.f32')];
        const index: { files: { name: string; imatrix: boolean; deq: string }[] } = JSON.parse(
          readFileSync(dataPath('quant', 'index.json'), 'utf8'),
        );
        const type = parseTensorType(name) ?? 'F32';
        const file = index.files.find((each) => each.imatrix && each.name.toUpperCase().startsWith(name));
        if (file === undefined) throw new Error(`no file of ${name}`);
        const found = await errorsOf(jobOf(input, [[type, ...rows]], { importance }));
        const pick = (values: Float32Array): Float32Array =>
          Float32Array.from(rows.flatMap((row) => [...values.subarray(row * COLUMNS, (row + 1) * COLUMNS)]));
        const compared = { weights: pick(input), copies: pick(floats(file.deq)), columns: COLUMNS, importance };
        expect(found[type]).toBeCloseTo(relativeError([weightedError(compared)]), 9);
      },
    );
  });

  test('more bits, less error; each type gets its own rows', async () => {
    const all = [0, 1, 2, 3];
    const errors = await errorsOf(
      jobOf(normal(4 * COLUMNS), [
        ['Q2_K', ...all],
        ['Q4_K', ...all],
        ['Q6_K', ...all],
        ['F16', 1],
        ['F32', 1],
      ]),
    );
    const { Q2_K = 0, Q4_K = 0, Q6_K = 0, F16 = 0, F32 } = errors;
    expect([Q2_K, Q4_K, Q6_K, F16].every((error, i, list) => error > (list[i + 1] ?? 0))).toBe(true);
    expect(Q4_K).toBeGreaterThan(0.001);
    expect(Q4_K).toBeLessThan(0.02);
    expect(F32).toBe(0);
  });

  test('each expert has its own importance', async () => {
    const weights = normal(2 * COLUMNS);
    const halves = Float32Array.from({ length: 2 * COLUMNS }, (_, i) =>
      i % COLUMNS < 256 === i < COLUMNS ? 1 : 0.001,
    );
    const own = await errorsOf(jobOf(weights, [['Q4_K', 0, 1]], { importance: halves, matrixRows: 1 }));
    const [first, second] = [halves.slice(0, COLUMNS), halves.slice(COLUMNS)];
    const one = await errorsOf(jobOf(weights, [['Q4_K', 0]], { importance: first }));
    const other = await errorsOf(jobOf(weights, [['Q4_K', 1]], { importance: second }));
    expect(own['Q4_K']).toBeGreaterThan(Math.min(one['Q4_K'] ?? 0, other['Q4_K'] ?? 0) * 0.999);
    expect(own['Q4_K']).toBeLessThan(Math.max(one['Q4_K'] ?? 0, other['Q4_K'] ?? 0) * 1.001);
  });

  describe('refuses', () => {
    test('a weight that is no number, with its place', async () => {
      const weights = normal(2 * COLUMNS);
      weights[COLUMNS + 7] = Number.NaN;
      await expect(errorsOf(jobOf(weights, [['Q4_K', 1]]))).rejects.toMatchObject({
        code: 'non-finite-weight',
        details: { tensor: 'a.weight', row: 1, element: 7, value: 'NaN' },
      });
    });

    test('a type whose quantizer dies without importance: the process is a child', async () => {
      await expect(errorsOf(jobOf(normal(COLUMNS), [['IQ2_XXS', 0]]))).rejects.toMatchObject({ code: 'engine-failed' });
    });
  });

  test('a value that overflows F16 has no error that could be compared', async () => {
    const errors = await errorsOf(jobOf(new Float32Array(COLUMNS).fill(1e6), [['F16', 0]]));
    expect(errors['F16']).toBe(Number.POSITIVE_INFINITY);
  });

  test('a signal stops all children', async () => {
    const stop = new AbortController();
    const jobs = Array.from({ length: 50 }, () => jobOf(normal(COLUMNS), [['Q4_K', 0]]));
    const run = measureErrors(jobs, { childUrl, threads: 2, signal: stop.signal, onErrors: () => stop.abort() });
    await expect(run).rejects.toMatchObject({ code: 'aborted' });
  });
});

function floats(name: string): Float32Array {
  const bytes = readFileSync(dataPath('quant', name));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
