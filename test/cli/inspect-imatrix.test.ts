import { describe, expect, test } from 'vitest';
import { datImatrix, ggufImatrix } from '../quantizer/support/imatrix.js';
import { gguf } from '../support/gguf-builder.js';
import { runCli } from '../support/run-cli.js';
import { tempFile } from '../support/temp.js';

const ENTRIES = { 'blk.0.attn_q.weight': { sums: [[2, 4]], counts: [2] } };

describe('ggufix inspect of an importance matrix', () => {
  test('GGUF: a section of its own, with --tensors the energies', async () => {
    const file = tempFile(ggufImatrix(ENTRIES).bytes());
    const { out, err, exit } = await runCli(['inspect', file]);
    expect([err, exit]).toEqual(['', 0]);
    expect(out).toContain('Importance matrix\nof         1 tensor\ncolumns    2\n');
    expect(out).not.toContain('E[A²]');
    expect((await runCli(['inspect', file, '--tensors'])).out).toContain('    0        1   3.0000\n');
  });

  test('.dat: the summary instead of "no GGUF"', async () => {
    const bytes = datImatrix([{ name: 'blk.0.attn_q.weight', calls: 2, values: [2, 4] }], { chunks: 2, name: 'x.txt' });
    const file = tempFile(bytes, 'imatrix.dat');
    const { out, err, exit } = await runCli(['inspect', file, '--tensors']);
    expect([err, exit]).toEqual(['', 0]);
    expect(out).toContain(`${file}\n\nsize`);
    expect(out).toContain('made from  2 chunks: x.txt\n');
    expect(out).toContain('blk.0.attn_q.weight        2         1       0   3.0000\n');
  });

  test('one that llama-quantize refuses is shown, with the reason', async () => {
    const file = tempFile(ggufImatrix({}).tensor('a.counts', 'F32', [1]).bytes());
    const { out, exit } = await runCli(['inspect', file]);
    expect(exit).toBe(0);
    expect(out).toContain("Importance matrix\n! tensor 'a.counts' has no partner 'a.in_sum2'\n");
  });

  test('a .dat that is cut off is a failure that says where', async () => {
    const bytes = datImatrix([{ name: 'a', calls: 1, values: [1, 2, 3] }]).subarray(0, -4);
    const { out, err, exit } = await runCli(['inspect', tempFile(bytes, 'imatrix.dat')]);
    expect([out, exit]).toEqual(['', 3]);
    expect(err).toMatch(/imatrix\.dat ends in entry 0: needs 12 bytes at offset 17, has 8\n$/);
  });

  test.each([
    ['a safetensors file', Buffer.from('\u0040\0\0\0\0\0\0\0{"a":{"dtype":"F32"}}')],
    ['a text', Buffer.from('hello world, hello world')],
    ['zeros', Buffer.alloc(100)],
  ])('%s stays no GGUF', async (_what, bytes) => {
    const { err, exit } = await runCli(['inspect', tempFile(bytes, 'x.dat')]);
    expect(exit).toBe(3);
    expect(err).toContain('not a GGUF file');
  });

  test('other files have no such section', async () => {
    const file = tempFile(gguf().tensor('a.in_sum2', 'F32', [1]).bytes());
    expect((await runCli(['inspect', file])).out).not.toContain('Importance');
  });
});
