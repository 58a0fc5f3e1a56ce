import { expect, test } from 'vitest';
import { type LlamaLibrary, openLlama } from '../../../src/quantizer/embedded/library.js';
import { locateLlama } from '../../../src/quantizer/embedded/locate.js';
import { quantizeWith } from '../../../src/quantizer/embedded/quantize-llama.js';
import { QUANTIZE_PARAMS } from '../../../src/quantizer/embedded/structs.js';
import { describeWithLlama } from '../support/llama.js';

const ARGUMENTS = {
  input: '/nowhere/in.gguf',
  output: '/nowhere/out.gguf',
  fileType: { id: 15, name: 'Q4_K_M' } as const,
  threads: 1,
  tensorTypes: [],
  keys: [],
  allowRequantize: false,
  keepSplit: false,
  dryRun: false,
};

describeWithLlama('the struct of the installed llama.cpp', () => {
  test('lies as QUANTIZE_PARAMS says', async () => {
    const { type, defaults } = (await openLlama(await locateLlama())).struct(QUANTIZE_PARAMS);
    expect(type.size).toBe(64);
    expect(Object.keys(defaults)).toEqual(Object.keys(QUANTIZE_PARAMS.members));
  });

  // What stands last, and how many flags are false by default, cannot be seen: for them the release has to be known.
  const unseen = ['only_copy', 'pure', 'keep_split', 'dry_run', 'max_buf_size'];
  const seen = Object.keys(QUANTIZE_PARAMS.members).filter((name) => !unseen.includes(name));

  test.each(seen)('is refused if there is no %s', async (member) => {
    const library = await openLlama(await locateLlama());
    const { [member]: _removed, ...members } = QUANTIZE_PARAMS.members;
    expect(() => library.struct({ ...QUANTIZE_PARAMS, members })).toThrow(
      expect.objectContaining({ code: 'unavailable' }),
    );
  });

  test('is compared before anything is called', async () => {
    const real = await openLlama(await locateLlama());
    const called: string[] = [];
    // A release with another member in the middle, which this machine has not.
    const library: LlamaLibrary = {
      ...real,
      struct: ({ defaultsFunction, members: { ftype, ...members } }) =>
        real.struct({ defaultsFunction, members: { extra: ftype!, ...members } }),
      sync: (from, name, result, parameters) => {
        called.push(name);
        return real.sync(from, name, result, parameters);
      },
    };
    await expect(quantizeWith(library, ARGUMENTS, undefined)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('llama_model_quantize_default_params'),
    });
    expect(called).not.toContain('llama_backend_init');
  });
});
