import { describe, expect, test } from 'vitest';
import { blockBytes, type TensorTypeName } from '../../../src/gguf/tensor-types.js';
import { openModel } from '../../../src/quantizer/quantize/open-model.js';
import { refuseBroken, refuseNonFinite, refuseQuantized } from '../../../src/quantizer/quantize/refuse-source.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { createPool } from '../../../src/tensors/pool.js';
import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';
import { tempFile } from '../../support/temp.js';
import { splitModel } from '../support/split-model.js';

const base = gguf().metadata('general.architecture', { type: 'string', value: 'llama' });

async function scan(file: string): Promise<void> {
  await using pool = createPool({ threads: 1 });
  await using model = await openModel(file);
  await refuseNonFinite(model, { pool });
}

/** A tensor of 3 rows of 64 weights, all zero but those given. */
function plain(type: 'F32' | 'F16' | 'BF16', weights: Readonly<Record<number, number>>): GgufBuilder {
  const width = blockBytes(type);
  const bytes = Buffer.alloc(3 * 64 * width);
  for (const [index, bits] of Object.entries(weights)) bytes.writeUIntLE(bits, Number(index) * width, width);
  return base.tensor('good.weight', 'F32', [8, 2]).tensor('bad.weight', type, [64, 3], { bytes });
}

describe('refuseNonFinite', () => {
  test.each([
    ['F32', 0x7fc00000, 'NaN'],
    ['F32', 0xffc00001, 'NaN'],
    ['F32', 0x7f800000, 'Inf'],
    ['F32', 0xff800000, 'Inf'],
    ['F16', 0x7e00, 'NaN'],
    ['F16', 0xfc00, 'Inf'],
    ['BF16', 0x7fc0, 'NaN'],
    ['BF16', 0x7f80, 'Inf'],
  ] as const)('names the place of a weight: %s %i is %s', async (type, bits, value) => {
    const file = tempFile(plain(type, { [2 * 64 + 5]: bits }).bytes());
    await expect(scan(file)).rejects.toMatchObject({
      code: 'non-finite-weight',
      message: `${file}: tensor 'bad.weight' holds ${value} in row 2, element 5, counted from 0`,
      details: { tensor: 'bad.weight', row: 2, element: 5, value },
    });
  });

  test('names the first of several by what it is', async () => {
    const file = tempFile(plain('F32', { 70: 0x7f800000, 71: 0x7fc00000, 150: 0x7fc00000 }).bytes());
    await expect(scan(file)).rejects.toMatchObject({
      message: expect.stringMatching(/holds Inf in row 1, element 6, counted from 0 \(the first of 3 weights\)$/),
    });
  });

  /** Where a block of a type has its scale, and a scale that is no number. */
  const SCALES: readonly (readonly [TensorTypeName, at: number, bits: number, bytes: number])[] = [
    ['Q8_0', 0, 0x7e00, 2],
    ['Q4_0', 0, 0x7c00, 2],
    ['Q5_1', 2, 0x7e00, 2],
    ['Q4_K', 0, 0x7e00, 2],
    ['Q6_K', 208, 0x7c00, 2],
    ['IQ2_XXS', 0, 0x7e00, 2],
    ['MXFP4', 0, 0xff, 1],
  ];
  test.each(SCALES)('names the place of a block: %s', async (type, at, bits, width) => {
    const blocks = 6;
    const bytes = Buffer.alloc(blocks * blockBytes(type), 0);
    // Codes other than zero, where zero times infinity is no number: the fifth block.
    const start = 4 * blockBytes(type);
    bytes.fill(0x11, start, start + blockBytes(type));
    bytes.writeUIntLE(bits, start + at, width);
    const row = type === 'Q4_K' || type === 'Q6_K' || type === 'IQ2_XXS' ? 512 : 64;
    const file = tempFile(base.tensor('bad.weight', type, [row, 3], { bytes }).bytes());
    await expect(scan(file)).rejects.toMatchObject({
      code: 'non-finite-weight',
      details: { tensor: 'bad.weight', row: 2, element: 0 },
    });
  });

  test('looks into every shard', async () => {
    const [first, second] = splitModel(
      base
        .tensor('a', 'F32', [32, 1])
        .tensor('b', 'F32', [32, 1], {
          bytes: new Uint8Array(new Float32Array(32).fill(Number.POSITIVE_INFINITY).buffer),
        })
        .bytes(),
    );
    await expect(scan(first)).rejects.toMatchObject({ message: expect.stringContaining(second) });
  });

  test('takes a good model', async () => {
    await scan(tempFile(plain('F16', {}).bytes()));
  });

  test('stops', async () => {
    await using pool = createPool({ threads: 1 });
    await using model = await openModel(tempFile(plain('F16', {}).bytes()));
    await expect(refuseNonFinite(model, { pool, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
  });
});

describe('refuseQuantized', () => {
  const recipeFor = async (type: TensorTypeName, target: 'Q8_0' | 'Q4_K_M') => {
    await using model = await openModel(tempFile(base.tensor('output.weight', type, [256, 4]).bytes()));
    return resolveStock(target, model.header);
  };

  test.each(['F32', 'F16', 'BF16'] as const)('takes %s', async (type) => {
    refuseQuantized(await recipeFor(type, 'Q8_0'));
  });

  test('takes a tensor that keeps its type', async () => {
    refuseQuantized(await recipeFor('Q8_0', 'Q8_0'));
  });

  test('refuses a tensor that is quantized to another one', async () => {
    const recipe = await recipeFor('Q8_0', 'Q4_K_M');
    expect(() => refuseQuantized(recipe)).toThrow(
      expect.objectContaining({
        code: 'unsupported-conversion',
        message: expect.stringMatching(/^tensor 'output.weight' is Q8_0 already, .*--allow-requantize$/),
        details: { tensor: 'output.weight', from: 'Q8_0', to: 'Q6_K' },
      }),
    );
  });
});

describe('refuseBroken', () => {
  const refusal = async (file: string) => {
    await using model = await openModel(file);
    refuseBroken(model);
  };
  const good = base.tensor('a.weight', 'F32', [32, 4]);

  test('takes a good model, also one without its last padding', async () => {
    await refusal(tempFile(good.bytes()));
  });

  test.each([
    ['is cut off', good.cutAt(-100), 'a.weight'],
    ['has a key twice', good.metadata('general.architecture', { type: 'string', value: 'x' }), 'general.architecture'],
  ])('refuses one that %s', async (_what, builder, words) => {
    const file = tempFile(builder.bytes());
    await expect(refusal(file)).rejects.toMatchObject({
      code: 'header-unreadable',
      message: expect.stringMatching(new RegExp(`^${file}: .*${words}.*; ggufix check says more$`)),
    });
  });
});
