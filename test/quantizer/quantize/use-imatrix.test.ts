import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { refuseMissingImatrix, useImatrix } from '../../../src/quantizer/quantize/use-imatrix.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { tempFile, tempFolder } from '../../support/temp.js';
import { bareHeader } from '../recipes/support/header-only.js';
import { gemma3n, llama } from '../recipes/support/shapes.js';
import { datImatrix, ggufImatrix, type TestEntry } from '../support/imatrix.js';

const SMALL = bareHeader(llama({ layers: 1, width: 256, feedForward: 256, heads: 4, kvHeads: 4 }));
const NAMES = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'];

/** Importance for every tensor of `SMALL` that an imatrix covers, with some entries changed. */
function imatrix(change: Readonly<Record<string, TestEntry | undefined>> = {}): string {
  const entry: TestEntry = { sums: [new Array(256).fill(1)], counts: [1] };
  const all = Object.fromEntries(NAMES.map((name) => [`blk.0.${name}.weight`, entry]));
  const entries = Object.entries({ ...all, 'output.weight': entry, ...change }).filter(
    ([, each]) => each !== undefined,
  );
  const file = path.join(tempFolder(), 'im.gguf');
  writeFileSync(file, ggufImatrix(Object.fromEntries(entries) as Record<string, TestEntry>).bytes());
  return file;
}

describe('useImatrix', () => {
  const iq2 = resolveStock('IQ2_XXS', SMALL, { imatrix: true });

  test('takes one that covers the model', async () => {
    const path = imatrix();
    const use = await useImatrix(path, SMALL, iq2);
    expect(use).toMatchObject({ path, notes: [] });
    expect(use.imatrix.entries.size).toBe(8);
  });

  test('takes the old format', async () => {
    const entries = NAMES.map((name) => ({ name: `blk.0.${name}.weight`, calls: 2, values: new Array(256).fill(1) }));
    const file = tempFile(datImatrix(entries), 'im.dat');
    expect((await useImatrix(file, SMALL, resolveStock('Q4_K_M', SMALL))).imatrix.format).toBe('dat');
  });

  test('notes what only makes the result worse', async () => {
    const use = await useImatrix(imatrix({ 'blk.0.ffn_up.weight': undefined }), SMALL, resolveStock('Q4_K_M', SMALL));
    expect(use.notes).toEqual([expect.stringContaining('blk.0.ffn_up.weight')]);
  });

  test.each([
    ['lacks a tensor whose type needs data', { 'blk.0.ffn_up.weight': undefined }, 'blk.0.ffn_up.weight'],
    ['has another size', { 'blk.0.ffn_up.weight': { sums: [[1, 2]], counts: [1] } }, 'blk.0.ffn_up.weight'],
    [
      'holds a NaN',
      { 'blk.0.ffn_up.weight': { sums: [new Array(256).fill(Number.NaN)], counts: [1] } },
      'blk.0.ffn_up.weight',
    ],
  ])('refuses one that %s, where llama-quantize would stop in the middle', async (_what, change, words) => {
    const file = imatrix(change);
    await expect(useImatrix(file, SMALL, iq2)).rejects.toMatchObject({
      code: 'mismatch',
      message: expect.stringMatching(new RegExp(`^${file}: .*${words}`)),
      details: { path: file, what: 'importance matrix' },
    });
  });

  test('counts what else is wrong', async () => {
    const file = imatrix({
      'blk.0.ffn_up.weight': { sums: [[1]], counts: [1] },
      'blk.0.attn_q.weight': { sums: [[1]], counts: [1] },
    });
    await expect(useImatrix(file, SMALL, iq2)).rejects.toThrow(/\(and 1 more\)$/);
  });

  test.each([
    ['cut off', (bytes: Uint8Array) => bytes.subarray(0, bytes.byteLength - 600)],
    ['cut off in its header', (bytes: Uint8Array) => bytes.subarray(0, 100)],
    ['empty', () => new Uint8Array()],
    ['none at all', () => Buffer.from('<html>')],
  ])('refuses a file that is %s', async (_what, change) => {
    const bytes = ggufImatrix({ 'blk.0.attn_q.weight': { sums: [new Array(256).fill(1)], counts: [1] } }).bytes();
    const file = tempFile(change(bytes), 'im.gguf');
    await expect(useImatrix(file, SMALL, iq2)).rejects.toMatchObject({ name: 'GgufError' });
  });

  test('trap: keys and values of shared layers have no data, and no type may need them', async () => {
    const header = bareHeader(gemma3n('E2B'));
    const rows = header.tensors.filter(
      ({ name }) => /^blk\.\d+\.(attn|ffn|inp_gate|proj)[_a-z]*\.weight$/.test(name) && !name.includes('norm'),
    );
    const isUsed = (name: string): boolean => !/^blk\.2\d\.attn_[kv]\./.test(name);
    const entries = rows
      .filter(({ name }) => isUsed(name))
      .map(({ name, dims }) => [name, { sums: [new Array(Number(dims[0])).fill(1)], counts: [1] }] as const);
    const file = path.join(tempFolder(), 'im.gguf');
    writeFileSync(file, ggufImatrix(Object.fromEntries(entries)).bytes());
    const refused = useImatrix(file, header, resolveStock('IQ1_S', header, { imatrix: true }));
    await expect(refused).rejects.toThrow(/blk\.20\.attn_k\.weight/);
  });
});

describe('refuseMissingImatrix', () => {
  test('trap: a dry run is blind to it, so the types themselves are looked at', () => {
    expect(() => refuseMissingImatrix(resolveStock('IQ2_XXS', SMALL, { imatrix: true }))).toThrow(
      expect.objectContaining({
        code: 'bad-option',
        message: expect.stringMatching(
          /^\d+ tensors, such as blk\.0\.attn_q\.weight \(IQ2_XXS\), cannot be made without/,
        ),
      }),
    );
  });

  test.each(['Q4_K_M', 'IQ4_XS', 'Q2_K', 'IQ3_S'] as const)('%s can be made without', (type) => {
    refuseMissingImatrix(resolveStock(type, SMALL));
  });

  test('a tensor that keeps its type needs none', () => {
    const { choices, ...recipe } = resolveStock('IQ2_XXS', SMALL, { imatrix: true });
    const kept = choices.map((choice) => ({ ...choice, tensor: { ...choice.tensor, type: choice.type } }));
    refuseMissingImatrix({ ...recipe, choices: kept });
  });
});
