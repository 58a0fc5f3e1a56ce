import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { companionsOf } from '../../../src/edit/companions.js';
import { runCli } from '../../support/run-cli.js';
import { neighboursOf, tempFile, tempFolder } from '../../support/temp.js';
import { gemma, snapshotOf } from '../support/gemma.js';

async function recover(...argv: string[]) {
  const { out, err, exit } = await runCli(['recover', '--json', ...argv]);
  const document = JSON.parse(out);
  return { document, status: document.files[0].status, err, exit };
}

/** A file with the journal of a change, and both its states. */
async function journaled(): Promise<{ file: string; old: Buffer; next: Buffer; journal: string }> {
  const file = tempFile(gemma().bytes());
  const old = readFileSync(file);
  await runCli(['meta', 'set', file, 'general.name', 'Other', '--keep-undo']);
  const { undo, journal } = companionsOf(file);
  renameSync(undo, journal);
  return { file, old, next: readFileSync(file), journal };
}

/** Old in its second half, as a write leaves a file that was killed in the middle of it. */
function tear(file: string, old: Buffer, next: Buffer): void {
  const first = next.findIndex((byte, at) => byte !== old[at]);
  const last = next.findLastIndex((byte, at) => byte !== old[at]);
  const torn = Buffer.from(next);
  torn.set(old.subarray((first + last) >> 1), (first + last) >> 1);
  expect(torn.equals(old) || torn.equals(next)).toBe(false);
  writeFileSync(file, torn);
}

describe('ggufix recover', () => {
  test('nothing was interrupted', async () => {
    const file = tempFile(gemma().bytes());
    const before = snapshotOf(file);
    const { document, err, exit } = await recover(file);
    expect({ document, err, exit }).toEqual({
      document: { schema: 'ggufix.recover/1', files: [{ source: file, status: 'nothing-to-do' }] },
      err: '',
      exit: 0,
    });
    expect(snapshotOf(file)).toEqual(before);
  });

  test('a torn file becomes the old one', async () => {
    const { file, old, next } = await journaled();
    tear(file, old, next);
    expect(await recover(file)).toMatchObject({ status: 'rolled-back', exit: 0 });
    expect(readFileSync(file).equals(old)).toBe(true);
    expect(neighboursOf(file)).toEqual([]);
  });

  test('a finished one stays new, and can be undone if that was wanted', async () => {
    const { file, old, next } = await journaled();
    expect(await recover(file)).toMatchObject({ status: 'completed', exit: 0 });
    expect(readFileSync(file).equals(next)).toBe(true);
    await runCli(['undo', file]);
    expect(readFileSync(file).equals(old)).toBe(true);
    expect(neighboursOf(file)).toEqual([]);
  });

  test('an undo record from before a finished write goes with its journal', async () => {
    const { file, next, journal } = await journaled();
    const { undo, undoFile } = companionsOf(file);
    writeFileSync(undo, 'an older record');
    writeFileSync(undoFile, 'an older file');
    const record = readFileSync(journal);
    await recover(file);
    expect(neighboursOf(file)).toEqual([path.basename(undo)]);
    expect(readFileSync(undo).equals(record)).toBe(true);
    expect(readFileSync(file).equals(next)).toBe(true);
  });

  test('leftovers of a new file, a lock and an unfinished journal go', async () => {
    const file = tempFile(gemma().bytes());
    const { temp, journal, lock } = companionsOf(file);
    writeFileSync(temp, 'half');
    writeFileSync(journal, 'half');
    writeFileSync(lock, JSON.stringify({ pid: 2 ** 30, host: (await import('node:os')).hostname(), started: '1' }));
    expect(await recover(file)).toMatchObject({ status: 'cleaned-up', exit: 0 });
    expect(neighboursOf(file)).toEqual([]);
  });

  test('leftovers of a copy that was killed before it got its name go', async () => {
    const out = path.join(tempFolder(), 'out.gguf');
    writeFileSync(companionsOf(out).temp, 'half');
    expect(await recover(out)).toMatchObject({ status: 'cleaned-up', exit: 0 });
    expect(neighboursOf(out)).toEqual([]);
    const again = await recover(out);
    expect([again.err, again.exit]).toEqual([`ggufix: cannot read ${out}: no such file\n`, 3]);
  });

  test('the folder that a killed quantize worked in goes, also where the result never came', async () => {
    const file = path.join(tempFolder(), 'out.gguf');
    const { temp, lock } = companionsOf(file);
    mkdirSync(`${temp}-a1b2c3`);
    writeFileSync(path.join(`${temp}-a1b2c3`, 'out.gguf'), 'half of a file');
    writeFileSync(lock, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), started: '1' }));
    expect(await recover(file)).toMatchObject({ status: 'cleaned-up', exit: 0 });
    expect(neighboursOf(file)).toEqual([]);
  });

  test('the old file under its second name goes, as the new one never came', async () => {
    const file = tempFile(gemma().bytes());
    const before = readFileSync(file);
    const { undoFile, temp } = companionsOf(file);
    linkSync(file, undoFile);
    writeFileSync(temp, 'whole, but not renamed');
    await recover(file);
    expect(neighboursOf(file)).toEqual([]);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('a journal of another file is refused and kept', async () => {
    const { file, old, next, journal } = await journaled();
    // Whatever gives the name to another file: a download, say.
    const other = tempFile(old);
    renameSync(other, file);
    tear(file, old, next);
    const before = snapshotOf(file);
    const { err, exit } = await recover(file);
    expect(err).toBe(
      `ggufix: ${file}: ${journal} cannot be used: it belongs to another file that had this name; remove it if the file is good\n`,
    );
    expect([exit, snapshotOf(file)]).toEqual([3, before]);
  });
});

describe('the other commands, where a file waits for recover', () => {
  test.each([
    ['inspect', ['inspect', '--quiet']],
    ['check', ['check']],
    ['meta get', ['meta', 'get']],
    ['a dry run', ['fix', '--dry-run']],
  ])('%s says so', async (_what, argv) => {
    const { file, journal } = await journaled();
    const before = snapshotOf(file);
    const { err } = await runCli([...argv, file]);
    expect(err).toContain(
      `ggufix: note: an interrupted change of ${file} left ${journal}; run: ggufix recover ${file}\n`,
    );
    expect(snapshotOf(file)).toEqual(before);
  });

  test.each([
    ['requantize', (file: string) => ['requantize', file, '--tensor', '*=f16']],
    ['meta set', (file: string) => ['meta', 'set', file, 'general.name', 'x']],
    ['fix -o', (file: string) => ['fix', file, '-o', path.join(tempFolder(), 'out.gguf')]],
  ])('%s refuses', async (_what, argvFor) => {
    const { file, old, next } = await journaled();
    tear(file, old, next);
    const before = snapshotOf(file);
    const { err, exit } = await runCli(argvFor(file));
    expect(err).toContain(`run: ggufix recover ${file}`);
    expect([exit, snapshotOf(file)]).toEqual([3, before]);
  });

  test('fix settles it first', async () => {
    const { file, old, next } = await journaled();
    tear(file, old, next);
    const { out, exit } = await runCli(['fix', file, '--dry-run']);
    expect([out.includes('rolled-back'), exit]).toEqual([false, 0]);
    const fixed = await runCli(['fix', file]);
    expect(fixed.out).toContain('! an earlier change had been interrupted: rolled-back');
    expect(fixed.exit).toBe(0);
  });

  test('a copy that replaces a file takes what was known of it along', async () => {
    const { file: out } = await journaled();
    const source = tempFile(gemma().bytes());
    expect((await runCli(['fix', source, '-o', out, '--force'])).exit).toBe(0);
    expect(neighboursOf(out)).toEqual([]);
    rmSync(out);
  });
});
