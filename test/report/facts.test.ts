import { describe, expect, test } from 'vitest';
import { parseHeader } from '../../src/gguf/parse.js';
import { modelFacts } from '../../src/report/facts.js';
import { type GgufBuilder, gguf } from '../support/gguf-builder.js';

const factsOf = (file: GgufBuilder) => modelFacts(parseHeader(file.bytes()));
const text = (value: string) => ({ type: 'string', value }) as const;
const u32 = (value: number) => ({ type: 'uint32', value }) as const;

describe('modelFacts', () => {
  test('counts weights, bytes and bits of every type, the largest first', () => {
    const facts = factsOf(
      gguf().tensor('a', 'Q4_K', [256, 8]).tensor('b', 'F32', [4]).tensor('c', 'Q4_K', [256]).tensor('d', 'Q8_0', [32]),
    );
    expect(facts.parameters).toBe(256n * 9n + 4n + 32n);
    expect(facts.types).toEqual([
      { type: 'Q4_K', tensors: 2, weights: 2304n, bytes: 1296n, bitsPerWeight: 4.5 },
      { type: 'Q8_0', tensors: 1, weights: 32n, bytes: 34n, bitsPerWeight: 8.5 },
      { type: 'F32', tensors: 1, weights: 4n, bytes: 16n, bitsPerWeight: 32 },
    ]);
    expect(facts.tensorBytes).toBe(1346n);
    expect(facts.bitsPerWeight).toBeCloseTo((1346 * 8) / 2340, 12);
  });

  test('a tensor of unknown type counts, but not its weights', () => {
    const facts = factsOf(gguf().tensor('t', 77, [1000]));
    expect(facts.types).toEqual([{ type: 'type 77', tensors: 1, weights: 0n, bytes: 0n, bitsPerWeight: undefined }]);
    expect([facts.parameters, facts.bitsPerWeight]).toEqual([0n, undefined]);
  });

  test('reads what the file says of itself', () => {
    const facts = factsOf(
      gguf()
        .metadata('general.architecture', text('gemma3n'))
        .metadata('general.file_type', u32(15))
        .metadata('gemma3n.context_length', u32(32_768))
        .metadata('gemma3n.block_count', u32(30))
        .metadata('tokenizer.ggml.model', text('llama'))
        .metadata('tokenizer.ggml.tokens', { type: 'array', itemType: 'string', items: ['a', 'b'] })
        .metadata('tokenizer.chat_template', text('{{ x }}'))
        .metadata('general.quantized_by', text('somebody'))
        .metadata('quantize.imatrix.file', text('i.dat'))
        .metadata('split.no', { type: 'uint16', value: 0 })
        .metadata('split.count', { type: 'uint16', value: 3 }),
    );
    expect(facts).toMatchObject({
      architecture: 'gemma3n',
      fileType: 'Q4_K_M',
      contextLength: '32768',
      layers: '30',
      vocabularySize: 2,
      tokenizer: 'llama',
      chatTemplateLength: 7,
      quantizedBy: 'somebody',
      imatrix: 'i.dat',
      shard: { number: 1, count: 3 },
    });
  });

  test('an empty file states nothing', () => {
    const stated = Object.entries(factsOf(gguf())).filter(([, value]) => value !== undefined);
    expect(Object.fromEntries(stated)).toEqual({ parameters: 0n, tensorBytes: 0n, types: [] });
  });

  test('values of the wrong type are shown, not trusted', () => {
    const facts = factsOf(
      gguf()
        .metadata('general.architecture', u32(7))
        .metadata('7.context_length', text('long'))
        .metadata('general.file_type', text('Q4'))
        .metadata('tokenizer.chat_template', u32(1))
        .metadata('split.count', text('many')),
    );
    expect(facts).toMatchObject({ architecture: '7', contextLength: 'long', fileType: 'unknown (Q4)' });
    expect([facts.chatTemplateLength, facts.shard]).toEqual([undefined, undefined]);
  });
});
