import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { chooseTypes, withPins } from '../../../src/quantizer/quantize/choose-types.js';
import { tempFolder } from '../../support/temp.js';
import { bareHeader, writeBare } from '../recipes/support/header-only.js';
import { gemma3n, llama } from '../recipes/support/shapes.js';

const LLAMA = bareHeader(llama({ layers: 16 }));
const E2B = bareHeader(gemma3n('E2B'));
const EMBEDDING = 'per_layer_token_embd.weight';

type Chosen = Awaited<ReturnType<typeof chooseTypes>>;
const typeOf = ({ recipe }: Chosen, name: string) => recipe.choices.find(({ tensor }) => tensor.name === name)?.type;

describe('a file type', () => {
  const stock = (name: string, asIs = false, header = E2B) =>
    chooseTypes({ kind: 'type', name, asIs }, header, { imatrix: true });

  test('in any case gives the mixture of llama-quantize', async () => {
    const chosen = await stock('q4_k_m', false, LLAMA);
    expect(chosen.recipe).toMatchObject({ name: 'Q4_K_M', fileType: 'Q4_K_M' });
    expect(typeOf(chosen, 'blk.0.ffn_down.weight')).toBe('Q6_K');
    expect(chosen.notes).toEqual([]);
  });

  test('keeps the embedding readable and says so, unless it is wanted as it is', async () => {
    expect(typeOf(await stock('Q4_K_M'), EMBEDDING)).toBe('Q8_0');
    expect((await stock('Q4_K_M')).notes).toEqual([expect.stringContaining('becomes Q8_0 and not Q6_K')]);
    expect(typeOf(await stock('Q4_K_M', true), EMBEDDING)).toBe('Q6_K');
    expect((await stock('Q4_K_M', true)).notes).toEqual([]);
  });

  test.each(['F32', 'F16', 'BF16'])(
    'trap: llama-quantize ignores types of tensors for %s, so all are alike',
    async (type) => {
      const { recipe, notes } = await stock(type);
      expect(new Set(recipe.choices.map((choice) => choice.type))).toEqual(new Set([type]));
      expect(notes).toEqual([]);
    },
  );

  test('that does not exist is an error that names those that do', async () => {
    await expect(stock('Q9_K')).rejects.toMatchObject({
      code: 'bad-option',
      message: expect.stringMatching(/^no file type is called 'Q9_K'; known are .*Q4_K_M/),
    });
  });
});

describe('a recipe', () => {
  test('is a preset', async () => {
    const chosen = await chooseTypes({ kind: 'recipe', name: 'ud-q2_k_xl' }, E2B, { imatrix: false });
    expect(chosen.recipe).toMatchObject({ name: 'UD-Q2_K_XL', fileType: 'Q2_K' });
    expect(typeOf(chosen, EMBEDDING)).toBe('Q4_0');
  });

  test('is a file, and its warnings are notes', async () => {
    const file = path.join(tempFolder(), 'mine.yaml');
    writeFileSync(
      file,
      'name: mine\nfileType: Q4_K_S\nrules:\n- { pattern: "*.no_such", type: q8_0, why: none }\npins: { output.weight: q5_K }\n',
    );
    const chosen = await chooseTypes({ kind: 'recipe', name: file }, LLAMA, { imatrix: false });
    expect(typeOf(chosen, 'output.weight')).toBe('Q5_K');
    expect(chosen.notes).toEqual([expect.stringContaining('matches no tensor')]);
  });

  test('that does not exist is an error', async () => {
    const missing = chooseTypes({ kind: 'recipe', name: 'UD-Q9' }, LLAMA, { imatrix: false });
    await expect(missing).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the types of another file', () => {
  /** A file of 4 layers with the types of a quant. */
  function quantized(name = 'other.gguf'): string {
    const model = llama({ layers: 4 });
    const tensors = model.tensors.map((tensor) => {
      if (tensor.type !== 'F16') return tensor;
      return { ...tensor, type: tensor.name.includes('ffn_down') ? 'Q6_K' : 'Q4_K' } as const;
    });
    return writeBare(
      { metadata: [...model.metadata, ['general.file_type', { type: 'uint32', value: 15 }]], tensors },
      tempFolder(),
      name,
    );
  }

  test('are fitted to the model by depth', async () => {
    const chosen = await chooseTypes({ kind: 'like', source: quantized() }, LLAMA, { imatrix: false });
    expect(chosen.recipe).toMatchObject({ name: 'other', fileType: 'Q4_K_M' });
    expect(typeOf(chosen, 'blk.9.ffn_down.weight')).toBe('Q6_K');
    expect(typeOf(chosen, 'blk.9.ffn_up.weight')).toBe('Q4_K');
    expect(chosen.recipe.choices).toHaveLength(16 * 7 + 2);
  });

  test('name every tensor that has no like', async () => {
    const tied = bareHeader(llama({ layers: 4, isTied: true }));
    const { notes } = await chooseTypes({ kind: 'like', source: quantized() }, tied, { imatrix: false });
    expect(notes).toEqual(["the model has nothing like tensor 'output.weight' of the recipe"]);
  });

  test('carry the name of the file, cut to what a recipe may have', async () => {
    const { recipe } = await chooseTypes({ kind: 'like', source: quantized(`${'n'.repeat(150)}.gguf`) }, LLAMA, {
      imatrix: false,
    });
    expect(recipe.name).toBe('n'.repeat(100));
  });

  test('of a file that is missing or no model are an error', async () => {
    const missing = chooseTypes({ kind: 'like', source: '/nowhere.gguf' }, LLAMA, { imatrix: false });
    await expect(missing).rejects.toMatchObject({ code: 'source-unreadable' });
  });
});

describe('pins', () => {
  const stock = (name = 'Q4_K_M', header = LLAMA) =>
    chooseTypes({ kind: 'type', name, asIs: true }, header, { imatrix: false });

  test('trap: a name means that tensor and no other that contains it', async () => {
    const chosen = withPins(await stock('Q4_K_M', E2B), [{ pattern: 'token_embd.weight', type: 'Q3_K' }]);
    expect(typeOf(chosen, 'token_embd.weight')).toBe('Q3_K');
    expect(typeOf(chosen, EMBEDDING)).toBe('Q6_K');
    const layer = withPins(await stock(), [{ pattern: 'blk.1.*', type: 'Q3_K' }]);
    const changed = layer.recipe.choices.filter(({ type }) => type === 'Q3_K').map(({ tensor }) => tensor.name);
    expect(changed).toHaveLength(7);
    expect(changed.every((name) => name.startsWith('blk.1.'))).toBe(true);
  });

  test('trap: the others keep their types, where llama-quantize would shift them (counter drift)', async () => {
    const before = await stock();
    const after = withPins(before, [{ pattern: 'blk.0.ffn_down.weight', type: 'Q8_0' }]);
    const others = ({ recipe }: Chosen) =>
      recipe.choices.filter(({ tensor }) => tensor.name !== 'blk.0.ffn_down.weight');
    expect(others(after)).toEqual(others(before));
  });

  test('the last one counts, and says so', async () => {
    const chosen = withPins(await stock(), [
      { pattern: '*', type: 'Q8_0' },
      { pattern: 'output.weight', type: 'Q6_K' },
    ]);
    expect(typeOf(chosen, 'output.weight')).toBe('Q6_K');
    expect(chosen.recipe.choices.find(({ tensor }) => tensor.name === 'output.weight')?.why).toBe(
      '--tensor output.weight=Q6_K',
    );
    expect(typeOf(chosen, 'token_embd.weight')).toBe('Q8_0');
  });

  test('with a type that does not fit the rows get the one that does, with a note', async () => {
    const narrow = bareHeader(llama({ layers: 1, width: 64, heads: 4, kvHeads: 4 }));
    const chosen = withPins(await stock('Q8_0', narrow), [{ pattern: 'output.weight', type: 'Q4_K' }]);
    expect(typeOf(chosen, 'output.weight')).toBe('Q5_0');
    expect(chosen.notes).toEqual(['output.weight becomes Q5_0, for --tensor output.weight=Q4_K does not fit its rows']);
  });

  test('make a note only where the last one does not fit, whatever reasons a recipe gives', async () => {
    const narrow = bareHeader(llama({ layers: 1, width: 64, heads: 4, kvHeads: 4 }));
    const pins = [
      { pattern: 'output.weight', type: 'Q4_K' },
      { pattern: 'output.weight', type: 'Q8_0' },
    ] as const;
    expect(withPins(await stock('Q8_0', narrow), pins).notes).toEqual([]);
    const chosen = await stock();
    const choices = chosen.recipe.choices.map((choice) => ({ ...choice, why: 'what else does not fit its rows' }));
    expect(withPins({ ...chosen, recipe: { ...chosen.recipe, choices } }, []).notes).toEqual([]);
  });

  test('of nothing are an error', async () => {
    const chosen = await stock();
    for (const pattern of ['output', 'blk.99.*', 'output_norm.weight']) {
      expect(() => withPins(chosen, [{ pattern, type: 'Q8_0' }])).toThrow(
        expect.objectContaining({ code: 'not-found' }),
      );
    }
  });

  test.each(['F16', 'BF16', 'F32'])(
    'trap: cannot be had with %s, for which llama-quantize ignores them',
    async (type) => {
      const chosen = await stock(type);
      expect(() => withPins(chosen, [{ pattern: 'output.weight', type: 'Q8_0' }])).toThrow(
        `--tensor cannot be had with ${type}: llama-quantize makes all tensors of such a file alike`,
      );
      expect(withPins(chosen, [])).toEqual(chosen);
    },
  );
});
