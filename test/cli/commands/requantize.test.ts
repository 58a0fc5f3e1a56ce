import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findEntry, findTensor, type Header, tensorExtent } from '../../../src/gguf/model.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { quantizeRows } from '../../../src/tensors/rows.js';
import { gguf } from '../../support/gguf-builder.js';
import { runCli } from '../../support/run-cli.js';
import { neighboursOf, tempFile, tempFolder } from '../../support/temp.js';
import { EMBEDDING, gemma, snapshotOf, weights } from '../support/gemma.js';

async function requantize(...argv: string[]) {
  const { out, err, exit } = await runCli(['requantize', '--json', '--threads', '0', ...argv]);
  const document = out === '' ? undefined : JSON.parse(out);
  return { document, file: document?.files[0], err, exit };
}

function read(file: string): { header: Header; data: (tensor: string) => Buffer } {
  const bytes = readFileSync(file);
  const header = parseHeader(bytes);
  const data = (tensor: string): Buffer => {
    const { offset, length } = tensorExtent(header, findTensor(header, tensor)!)!;
    return bytes.subarray(offset, offset + length);
  };
  return { header, data };
}

test('writes the tensor as ggml would, keeps all others, and says what it did', async () => {
  const file = tempFile(gemma().bytes());
  const before = read(file);
  const { document, err, exit } = await requantize(file, '--tensor', `${EMBEDDING}=q8_0`);
  expect([err, exit]).toEqual(['', 0]);
  expect(document).toEqual({
    schema: 'ggufix.requantize/1',
    files: [
      {
        source: file,
        status: 'fixed',
        strategy: 'rewrite',
        bytesWritten: readFileSync(file).byteLength,
        seconds: expect.any(Number),
        applied: [{ title: `Write ${EMBEDDING} as Q8_0 instead of F16` }],
        conversions: [
          { tensor: EMBEDDING, from: 'F16', to: 'Q8_0', relativeRmse: expect.any(Number), isSampled: false },
        ],
        remaining: [],
        notes: [],
      },
    ],
  });
  const after = read(file);
  expect(after.header.problems).toEqual([]);
  expect(after.data(EMBEDDING).equals(quantizeRows('Q8_0', weights(1024)))).toBe(true);
  for (const tensor of ['blk.0.weight', 'blk.1.weight']) {
    expect(after.data(tensor).equals(before.data(tensor))).toBe(true);
  }
  expect(neighboursOf(file)).toEqual([]);
});

test.each([
  ['F16', 'BF16'],
  ['BF16', 'F16'],
  ['Q4_K', 'Q4_0'],
] as const)('%s to %s: of the same size, between tensors that stay', async (from, to) => {
  const file = tempFile(gemma({ embedding: from }).bytes());
  const before = read(file);
  expect(await requantize(file, '--tensor', `${EMBEDDING}=${to}`)).toMatchObject({ err: '', exit: 0 });
  const after = read(file);
  expect(findTensor(after.header, EMBEDDING)?.type).toBe(to);
  expect(after.data('blk.1.weight').equals(before.data('blk.1.weight'))).toBe(true);
});

test('patterns: * and ? stand for characters, the last that matches decides', async () => {
  const file = tempFile(
    ['a.0.weight', 'a.1.weight', 'b.0.weight']
      .reduce((model, name) => model.tensor(name, 'F32', [32, 2]), gguf())
      .bytes(),
  );
  const { exit } = await requantize(file, '--tensor', '*.weight=f16', '--tensor', 'a.?.weight=q8_0');
  expect(exit).toBe(0);
  expect(read(file).header.tensors.map(({ type }) => type)).toEqual(['Q8_0', 'Q8_0', 'F16']);
  expect(findEntry(read(file).header, 'general.quantization_version')?.type).toBe('uint32');
});

test('tensors that have the type already: clean, nothing written', async () => {
  const file = tempFile(gemma().bytes());
  const before = snapshotOf(file);
  const { file: report, exit } = await requantize(file, '--tensor', `${EMBEDDING}=f16`);
  expect(report).toMatchObject({ status: 'clean', bytesWritten: 0, applied: [] });
  expect([exit, snapshotOf(file)]).toEqual([0, before]);
});

test('--dry-run measures, plans and writes nothing', async () => {
  const file = tempFile(gemma().bytes());
  const before = snapshotOf(file);
  const { file: report, exit } = await requantize(file, '--tensor', `${EMBEDDING}=q4_0`, '--dry-run');
  expect(report).toMatchObject({ status: 'planned', bytesWritten: 0, conversions: [{ to: 'Q4_0' }] });
  expect([exit, snapshotOf(file)]).toEqual([0, before]);
});

test('--from takes the weights of another file, also for the type that is there', async () => {
  const file = tempFile(gemma({ embedding: 'Q8_0' }).bytes());
  const from = tempFile(gemma({ embedding: 'F32' }).bytes());
  expect((await requantize(file, '--tensor', `${EMBEDDING}=q8_0`, '--from', from)).exit).toBe(0);
  expect(
    read(file)
      .data(EMBEDDING)
      .equals(quantizeRows('Q8_0', weights(1024))),
  ).toBe(true);
});

test('-o leaves the source alone', async () => {
  const file = tempFile(gemma().bytes());
  const out = path.join(tempFolder(), 'out.gguf');
  const before = snapshotOf(file);
  const { file: report } = await requantize(file, '--tensor', `${EMBEDDING}=q8_0`, '-o', out);
  expect(report).toMatchObject({ status: 'fixed', output: out, bytesWritten: readFileSync(out).byteLength });
  expect(snapshotOf(file)).toEqual(before);
});

describe('what cannot be done is said, and nothing is written', () => {
  test.each([
    ['a missing tensor', ['--tensor', 'nope.weight=q8_0'], 3, "no tensor matches 'nope.weight'"],
    ['a pattern without a match', ['--tensor', 'z*=q8_0'], 3, "no tensor matches 'z*'"],
    ['a type without kernel', ['--tensor', `${EMBEDDING}=q6_k`], 2, 'Q6_K is no type that ggufix writes'],
    ['an unknown type', ['--tensor', `${EMBEDDING}=int4`], 2, "'int4' is no type that ggufix writes"],
    ['no type', ['--tensor', EMBEDDING], 2, `--tensor is '${EMBEDDING}', expected TENSOR=TYPE`],
    ['no tensor', [], 2, "required option '--tensor <pattern=type>' not specified"],
    ['a source without kernel', ['--tensor', 'blk.0.weight=q8_0'], 3, 'ggufix cannot read I8 weights'],
    ['an in-place strategy', ['--tensor', `${EMBEDDING}=q8_0`, '--strategy', 'slide'], 2, 'tensor data changes'],
  ])('%s', async (_what, flags, code, message) => {
    const file = tempFile(gemma().bytes());
    const before = snapshotOf(file);
    const { err, exit } = await requantize(file, ...flags);
    expect(err).toContain(message);
    expect(exit).toBe(code);
    expect(snapshotOf(file)).toEqual(before);
  });

  test('rows that are no whole number of blocks', async () => {
    const file = tempFile(gemma({ shape: [40, 2] }).bytes());
    const before = snapshotOf(file);
    const { err, exit } = await requantize(file, '--tensor', `${EMBEDDING}=q8_0`);
    const expected = `tensor '${EMBEDDING}' has rows of 40 weights, which Q8_0 cannot hold: they must be a multiple of 32`;
    expect([err, exit]).toEqual([`ggufix: ${file}: ${expected}\n`, 3]);
    expect(snapshotOf(file)).toEqual(before);
  });
});
