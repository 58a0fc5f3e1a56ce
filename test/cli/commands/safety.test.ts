import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { companionsOf } from '../../../src/edit/companions.js';
import { runCli } from '../../support/run-cli.js';
import { neighboursOf, tempFile, tempFolder } from '../../support/temp.js';
import { gemma, snapshotOf } from '../support/gemma.js';

// Found by a review: each of these lost or mixed up somebody's bytes once.

async function json(...argv: string[]) {
  const { out, err, exit } = await runCli([...argv, '--json']);
  return { files: JSON.parse(out).files, err, exit };
}

describe('another file under the same name', () => {
  test('recover leaves it alone, even if it has the inode of the old one', async () => {
    const file = tempFile(gemma().bytes());
    await runCli(['meta', 'set', file, 'general.name', 'Other', '--keep-undo']);
    const { undo, journal } = companionsOf(file);
    renameSync(undo, journal);
    const other = gemma({ embedding: 'F32' }).bytes();
    // Written over, as `cp` does: the inode stays.
    writeFileSync(file, other);
    const { err, exit } = await runCli(['recover', file]);
    expect(err).toContain('belongs to another file');
    expect(exit).toBe(3);
    expect(readFileSync(file).equals(other)).toBe(true);
  });

  test('undo after a rewrite leaves it alone', async () => {
    const file = tempFile(gemma({ embedding: 'Q4_K' }).bytes());
    await runCli(['fix', file, '--keep-undo', '--strategy', 'rewrite']);
    const other = gemma({ embedding: 'F32' }).bytes();
    writeFileSync(file, other);
    const { err, exit } = await runCli(['undo', file]);
    expect(err).toContain('the file has changed since');
    expect(exit).toBe(3);
    expect(readFileSync(file).equals(other)).toBe(true);
  });
});

describe('-o', () => {
  test('takes no folder of several files', async () => {
    const folder = tempFolder();
    for (const name of ['a.gguf', 'b.gguf']) writeFileSync(path.join(folder, name), gemma().bytes());
    const out = path.join(tempFolder(), 'out.gguf');
    const { err, exit } = await runCli(['fix', folder, '-o', out, '--force']);
    expect([err, exit]).toEqual(['ggufix: -o takes one source\n', 2]);
  });

  test('never replaces the file that tensors are taken from', async () => {
    const file = tempFile(gemma({ embedding: 'Q4_K' }).bytes());
    const donor = tempFile(gemma({ embedding: 'F32' }).bytes());
    const before = snapshotOf(donor);
    const tensor = 'per_layer_token_embd.weight=q8_0';
    const { exit } = await runCli(['requantize', file, '--tensor', tensor, '--from', donor, '-o', donor, '--force']);
    expect([exit, snapshotOf(donor)]).toEqual([2, before]);
  });

  test('replaces nothing but regular files', async () => {
    const file = tempFile(gemma().bytes());
    const folder = path.join(tempFolder(), 'out.gguf');
    mkdirSync(folder);
    for (const out of [folder, '/dev/null', '-']) {
      expect((await runCli(['fix', file, '-o', out, '--force'])).exit, out).toBe(3);
    }
  });
});

test('a donor with an interrupted change is refused', async () => {
  const file = tempFile(gemma({ embedding: 'Q4_K' }).bytes());
  const donor = tempFile(gemma({ embedding: 'F32' }).bytes());
  await runCli(['meta', 'set', donor, 'general.name', 'Other', '--keep-undo']);
  const { undo, journal } = companionsOf(donor);
  renameSync(undo, journal);
  const { err, exit } = await runCli(['fix', file, '--from', donor]);
  expect(err).toContain(`run: ggufix recover ${donor}`);
  expect(exit).toBe(3);
});

test('a rewrite keeps what stands behind the tensors', async () => {
  const trailing = Buffer.from('somebody put this here');
  const file = tempFile(gemma({ embedding: 'Q4_K' }).trailing(trailing).bytes());
  expect((await json('fix', file)).files[0]).toMatchObject({ status: 'fixed', strategy: 'rewrite' });
  expect(readFileSync(file).subarray(-trailing.byteLength).equals(trailing)).toBe(true);
});

test('a weight that cannot be converted does not keep an error from being fixed, where only a warning asks for it', async () => {
  const bytes = new Uint8Array(256 * 4 * 2);
  // BF16 NaN.
  bytes.set([0xc0, 0x7f], 40);
  const file = tempFile(gemma({ embedding: 'BF16', bytes }).bytes());
  const { files, exit } = await json('fix', file);
  expect(exit).toBe(0);
  expect(files[0]).toMatchObject({ status: 'fixed', strategy: 'patch', bytesWritten: 8 });
  expect(files[0].notes[0]).toMatch(/weight 20 of row 0 of tensor 'per_layer_token_embd.weight' is NaN/);
});

test('what --type asks for and only --unsafe would do counts as left unfixed', async () => {
  const file = tempFile(gemma({ embedding: 'BF16' }).bytes());
  const { files, exit } = await json('fix', file, '--type', 'per_layer_token_embd.weight=q4_0');
  expect([files[0].status, exit]).toEqual(['partly', 1]);
});

test('a name that leaves no room for companions works', async () => {
  const file = tempFile(gemma({ embedding: 'Q4_K' }).bytes(), `${'x'.repeat(245)}.gguf`);
  expect((await runCli(['fix', file])).exit).toBe(0);
  expect(neighboursOf(file)).toEqual([]);
});

test('a truncated file is not said to be repairable', async () => {
  const file = tempFile(gemma().cutAt(-40).bytes());
  const { out } = await runCli(['check', file]);
  expect(out).not.toContain('Repair what can be repaired');
  const { out: text, exit } = await runCli(['fix', file]);
  expect(text).toContain('nothing can be written to such a file');
  expect(text).not.toContain('--unsafe would');
  expect(exit).toBe(1);
});

test('an empty lock that a power cut left is taken over after a while', async () => {
  const file = tempFile(gemma().bytes());
  const { lock } = companionsOf(file);
  copyFileSync('/dev/null', lock);
  expect((await runCli(['fix', file])).exit).toBe(3);
  execFileSync('touch', ['-d', '2 minutes ago', lock]);
  expect((await runCli(['fix', file])).exit).toBe(0);
  expect(neighboursOf(file)).toEqual([]);
});
