import { describe, expect, test } from 'vitest';
import { TENSOR_TYPES } from '../../../src/gguf/tensor-types.js';
import { parseQuantizeArguments } from '../../../src/quantizer/embedded/quantize-arguments.js';
import { engineArguments } from '../../../src/quantizer/engine/engine-arguments.js';

/** Reads a command line; tensor-type files are given by what is in them. */
function parse(line: string, files: Readonly<Record<string, string>> = {}) {
  return parseQuantizeArguments(line.split(' '), (file) => files[file] ?? '');
}

const PLAIN = {
  input: 'in.gguf',
  output: 'out.gguf',
  fileType: { id: 15, name: 'Q4_K_M' },
  threads: 0,
  tensorTypes: [],
  keys: [],
  allowRequantize: false,
  keepSplit: false,
  dryRun: false,
};

describe('places', () => {
  test.each([
    ['in.gguf out.gguf Q4_K_M', {}],
    ['in.gguf out.gguf q4_k_m 8', { threads: 8 }],
    ['in.gguf out.gguf Q4_K', {}],
    ['--dry-run in.gguf Q4_K_M 2', { dryRun: true, output: '', threads: 2 }],
    ['--dry-run in.gguf out.gguf Q4_K_M', { dryRun: true }],
  ])('%s', (line, differing) => {
    expect(parse(line)).toEqual({ ...PLAIN, ...differing });
  });

  test.each([
    ['in.gguf', 'expected IN [OUT] TYPE [THREADS]'],
    ['in.gguf Q4_K_M', 'missing file type'],
    ['--dry-run in.gguf out.gguf', 'missing file type'],
    ['in.gguf out.gguf Q9_K', "invalid ftype 'Q9_K'"],
    ['in.gguf out.gguf COPY', "invalid ftype 'COPY'"],
    ['in.gguf out.gguf Q4_0_4_4', "invalid ftype 'Q4_0_4_4'"],
    ['in.gguf out.gguf Q4_K_M many', "the number of threads is 'many', expected a whole number"],
  ])('refuses %s', (line, problem) => {
    expect(() => parse(line)).toThrow(problem);
  });
});

describe('flags', () => {
  test('are read before the places, each with its value; the last of several imatrices counts', () => {
    const flags = '--allow-requantize --keep-split --imatrix a --imatrix b';
    expect(parse(`${flags} --max-buffer-size 64 in.gguf out.gguf Q4_K_M`)).toEqual({
      ...PLAIN,
      allowRequantize: true,
      keepSplit: true,
      imatrix: 'b',
      maxBufferMiB: 64,
    });
  });

  test.each([
    ['--pure in.gguf out.gguf Q4_K_M', 'unknown flag --pure'],
    ['--prune-layers 1 in.gguf out.gguf Q4_K_M', 'unknown flag --prune-layers'],
    ['--imatrix', '--imatrix needs a value'],
    ['--max-buffer-size 1e3 in.gguf out.gguf Q4_K_M', "--max-buffer-size is '1e3', expected a whole number"],
  ])('refuses %s', (line, problem) => {
    expect(() => parse(line)).toThrow(problem);
  });
});

describe('types of tensors', () => {
  const typesOf = (text: string) => parse('--tensor-type-file t in.gguf out.gguf Q4_K_M', { t: text }).tensorTypes;

  test('stand between blanks, in order', () => {
    expect(typesOf('^a\\.weight$=q4_K\n^b\\.weight$=iq2_xxs  c=BF16\n')).toEqual([
      { pattern: '^a\\.weight$', typeId: TENSOR_TYPES.Q4_K.id },
      { pattern: '^b\\.weight$', typeId: TENSOR_TYPES.IQ2_XXS.id },
      { pattern: 'c', typeId: TENSOR_TYPES.BF16.id },
    ]);
  });

  test('trap: patterns are lower-cased, so \\D becomes \\d', () => {
    expect(typesOf('^BLK\\.\\D=q4_K')).toEqual([{ pattern: '^blk\\.\\d', typeId: TENSOR_TYPES.Q4_K.id }]);
  });

  test('trap: a line is split at its first =', () => {
    expect(() => typesOf('(?=a)=q4_K')).toThrow("malformed tensor type '(?=a)=q4_K'");
  });

  test.each(['i8', 'i32', 'f64', 'q8_1', 'q8_K'])('trap: %s, at which llama.cpp aborts, is refused', (type) => {
    expect(() => typesOf(`a=${type}`)).toThrow(`malformed tensor type 'a=${type}'`);
  });

  test.each(['# a comment', '=q4_K', 'a', 'a=', 'a=q4_K_M', 'a="q4_K"'])('%s is refused', (line) => {
    expect(() => typesOf(line)).toThrow('malformed tensor type');
  });
});

describe('keys', () => {
  const keysOf = (...texts: string[]) =>
    parseQuantizeArguments([...texts.flatMap((text) => ['--override-kv', text]), 'i', 'o', 'Q4_K_M'], () => '').keys;

  test('are KEY=TYPE:VALUE, where a value may hold anything', () => {
    expect(keysOf('a.b=str:x=y: z\n', 'c=int:-7', 'd=float:1.5e-3', 'e=bool:true', 'f=str:')).toEqual([
      { key: 'a.b', type: 'str', value: 'x=y: z\n' },
      { key: 'c', type: 'int', value: '-7' },
      { key: 'd', type: 'float', value: '1.5e-3' },
      { key: 'e', type: 'bool', value: 'true' },
      { key: 'f', type: 'str', value: '' },
    ]);
  });

  test.each([
    ...['a', 'a=b', '=str:b', 'a=arr:1', 'a=int:1.5', 'a=int:', 'a=bool:yes', 'a=float:NaN', 'a=constructor:1'],
    `a=str:${'ä'.repeat(64)}`,
    `${'k'.repeat(128)}=str:a`,
  ])('%s is refused', (text) => {
    expect(() => keysOf(text)).toThrow('malformed --override-kv');
  });
});

test('what ggufix passes to an engine is what the embedded one reads', () => {
  const job = {
    input: '/in.gguf',
    output: '/out.gguf',
    fileType: 'IQ2_XXS',
    threads: 3,
    imatrix: 'im.gguf',
    tensorTypeFile: '/types.txt',
    keys: [{ key: 'general.quantized_by', type: 'str', value: 'ggufix 1' } as const],
    allowRequantize: true,
    keepSplit: true,
    maxBufferMiB: 100,
  };
  const engine = {
    kind: 'embedded',
    program: 'node',
    prefix: [],
    features: new Set(['dry-run', 'keep-split', 'tensor-type-file', 'override-kv', 'max-buffer-size'] as const),
  } as const;
  for (const dryRun of [false, true]) {
    const read = parseQuantizeArguments(engineArguments(engine, { ...job, dryRun }), () => '^a$=q4_K\n');
    expect(read).toEqual({
      input: '/in.gguf',
      output: dryRun ? '' : '/out.gguf',
      fileType: { id: 19, name: 'IQ2_XXS' },
      threads: 3,
      imatrix: 'im.gguf',
      tensorTypes: [{ pattern: '^a$', typeId: TENSOR_TYPES.Q4_K.id }],
      keys: job.keys,
      allowRequantize: true,
      keepSplit: true,
      dryRun,
      maxBufferMiB: 100,
    });
  }
});
