import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseHeader } from '../../../src/gguf/parse.js';
import { imatrixKeys } from '../../../src/quantizer/recipes/imatrix-keys.js';
import { predictSize } from '../../../src/quantizer/recipes/predict.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { type KeyValue, writtenHeaderBytes } from '../../../src/quantizer/recipes/written-header.js';
import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';
import { describeWithTools, runTool } from '../../support/llama-tools.js';
import { tempFile, tempFolder } from '../../support/temp.js';

/** The smallest model that llama-quantize takes: it looks at no tensor's name. */
function model(): GgufBuilder {
  const entries = [
    ['block_count', 1],
    ['context_length', 32],
    ['embedding_length', 32],
    ['feed_forward_length', 32],
    ['attention.head_count', 1],
    ['vocab_size', 4],
  ] as const;
  return entries.reduce<GgufBuilder>(
    (file, [key, value]) => file.metadata(`llama.${key}`, { type: 'uint32', value }),
    gguf()
      .metadata('general.architecture', { type: 'string', value: 'llama' })
      .metadata('llama.attention.layer_norm_rms_epsilon', { type: 'float32', value: 1e-5 }),
  );
}

const FILE_KEYS: readonly KeyValue[] = [
  { key: 'general.quantization_version', value: { type: 'uint32', value: 2 } },
  { key: 'general.file_type', value: { type: 'uint32', value: 7 } },
];

/** Where the header of the real result ends and how long it is, beside what is predicted. */
function compare(file: GgufBuilder, flags: readonly string[] = [], keys: readonly KeyValue[] = []) {
  const source = tempFile(file.bytes());
  const out = path.join(tempFolder(), 'out.gguf');
  runTool('llama-quantize', [...flags, source, out, 'Q8_0', '1']);
  const written = readFileSync(out);
  const header = parseHeader(file.bytes());
  const predicted = predictSize(header, resolveStock('Q8_0', header), { keys });
  return {
    real: [parseHeader(written).infoEnd, written.byteLength],
    predicted: [writtenHeaderBytes(header, [...FILE_KEYS, ...keys]), predicted.fileBytes],
  };
}

describeWithTools('the header that the real llama-quantize writes', ['llama-quantize'], () => {
  const plain = model().tensor('output_norm.weight', 'F32', [32]).tensor('token_embd.weight', 'F32', [32, 4]);

  test.each<[string, GgufBuilder]>([
    ['a plain file', plain],
    ['one that names its file type already', plain.metadata('general.file_type', { type: 'uint32', value: 1 })],
    ['dimensions of 1 at the end', plain.tensor('a.weight', 'F32', [32, 3, 1, 1]).tensor('b.weight', 'F32', [32, 1])],
    ['a dimension of 1 in the middle', plain.tensor('a.weight', 'F32', [32, 1, 2])],
    ['a single weight', plain.tensor('a', 'F32', [1])],
    ['text with a zero byte', plain.metadata('general.name', { type: 'string', value: 'abc\0def' })],
    ['a key with a zero byte', plain.metadata('general.\0name', { type: 'string', value: 'abc' })],
    [
      'a vocabulary with a zero byte',
      plain.metadata('x.tokens', { type: 'array', itemType: 'string', items: ['a', '\0', 'b\0cd', '', 'ü'] }),
    ],
    ['an empty array', plain.metadata('x.none', { type: 'array', itemType: 'float64', items: [] })],
    [
      'an array of booleans',
      plain.metadata('x.flags', { type: 'array', itemType: 'bool', items: [true, false, true] }),
    ],
    ['version 2', plain.version(2)],
    ['a larger alignment', plain.metadata('general.alignment', { type: 'uint32', value: 128 })],
    ['rows that do not fit', plain.tensor('a.weight', 'F32', [32, 3]).tensor('a.bias', 'F32', [7])],
  ])('%s', (_name, file) => {
    const { real, predicted } = compare(file);
    expect(predicted).toEqual(real);
  });

  test('overrides of each type, one of them of a key that is there', () => {
    const flags = [
      ...['--override-kv', 'general.name=str:ü', '--override-kv', 'x.f=float:1.5', '--override-kv', 'x.b=bool:true'],
      ...['--override-kv', 'llama.vocab_size=int:4', '--override-kv', 'x.i=int:-7'],
    ];
    const { real, predicted } = compare(plain.metadata('general.name', { type: 'string', value: 'longer' }), flags, [
      { key: 'general.name', value: { type: 'string', value: 'ü' } },
      { key: 'x.f', value: { type: 'float32', value: 1.5 } },
      { key: 'x.b', value: { type: 'bool', value: true } },
      { key: 'llama.vocab_size', value: { type: 'uint32', value: 4 } },
      { key: 'x.i', value: { type: 'uint32', value: 7 } },
    ]);
    expect(predicted).toEqual(real);
  });

  test.each([
    ['short names', 'i.gguf', 'text.txt', 3],
    ['names that are cut, one of them through a character', `${'i'.repeat(120)}.gguf`, `${'t'.repeat(126)}ü.txt`, 0],
  ])('an imatrix with %s', (_name, name, dataset, chunks) => {
    const file = path.join(tempFolder(), name);
    writeFileSync(file, imatrix(dataset, chunks));
    const { real, predicted } = compare(plain, ['--imatrix', file], imatrixKeys({ file, dataset, entries: 1, chunks }));
    expect(predicted).toEqual(real);
  });

  test('an imatrix that names no data set', () => {
    const file = tempFile(imatrix(undefined, 1), 'i.gguf');
    const { real, predicted } = compare(plain, ['--imatrix', file], imatrixKeys({ file, entries: 1, chunks: 1 }));
    expect(predicted).toEqual(real);
  });
});

/** An importance matrix of one tensor. */
function imatrix(dataset: string | undefined, chunks: number): Uint8Array {
  const datasets = dataset === undefined ? [] : [dataset];
  return gguf()
    .metadata('general.type', { type: 'string', value: 'imatrix' })
    .metadata('imatrix.datasets', { type: 'array', itemType: 'string', items: datasets })
    .metadata('imatrix.chunk_count', { type: 'uint32', value: chunks })
    .metadata('imatrix.chunk_size', { type: 'uint32', value: 512 })
    .tensor('x.weight.in_sum2', 'F32', [32, 1])
    .tensor('x.weight.counts', 'F32', [1, 1])
    .bytes();
}
