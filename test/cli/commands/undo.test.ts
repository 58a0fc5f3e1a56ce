import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { companionsOf } from '../../../src/edit/companions.js';
import { runCli } from '../../support/run-cli.js';
import { neighboursOf, tempFile, tempFolder } from '../../support/temp.js';
import { gemma, snapshotOf } from '../support/gemma.js';

async function undo(...argv: string[]) {
  const { out, err, exit } = await runCli(['undo', '--json', ...argv]);
  return { files: JSON.parse(out).files, schema: JSON.parse(out).schema, err, exit };
}

/** A file changed with an undo record, and its bytes before. */
async function changed(): Promise<{ file: string; old: Buffer }> {
  const file = tempFile(gemma().bytes());
  const old = readFileSync(file);
  expect((await runCli(['meta', 'set', file, 'general.name', 'Other', '--keep-undo'])).exit).toBe(0);
  expect(readFileSync(file).equals(old)).toBe(false);
  return { file, old };
}

describe('ggufix undo', () => {
  test('restores the old bytes, once', async () => {
    const { file, old } = await changed();
    const { schema, files, exit } = await undo(file);
    expect({ schema, files, exit }).toEqual({
      schema: 'ggufix.undo/1',
      files: [{ source: file, status: 'restored', bytesRestored: expect.any(Number) }],
      exit: 0,
    });
    expect(readFileSync(file).equals(old)).toBe(true);
    expect(neighboursOf(file)).toEqual([]);
    const again = await undo(file);
    expect(again.exit).toBe(3);
    expect(again.err).toBe(
      `ggufix: there is no undo record of ${file}; one is kept by fix, requantize and meta with --keep-undo\n`,
    );
    expect(again.files).toEqual([{ source: file, error: { code: 'not-found', message: expect.any(String) } }]);
  });

  test('says in words what it restored', async () => {
    const { file } = await changed();
    expect(await runCli(['undo', file])).toEqual({
      out: expect.stringMatching(/model\.gguf: restored [\d.]+ (B|KiB)\n$/),
      err: '',
      exit: 0,
    });
  });

  test('a later write without --keep-undo ends the record', async () => {
    const { file } = await changed();
    await runCli(['meta', 'set', file, 'general.name', 'Third']);
    expect(neighboursOf(file)).toEqual([]);
    expect((await undo(file)).exit).toBe(3);
  });

  test('refuses a file that changed since', async () => {
    const { file } = await changed();
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill('X', bytes.indexOf('Other'), bytes.indexOf('Other') + 1));
    const before = snapshotOf(file);
    const { err, exit } = await undo(file);
    expect(err).toMatch(/cannot be used: the file has changed since\n$/);
    expect([exit, snapshotOf(file)]).toEqual([3, before]);
  });

  test('refuses while a later write waits for recover, which would not know the bytes in between', async () => {
    const { file, old } = await changed();
    const { journal, undo: record } = companionsOf(file);
    copyFileSync(record, journal);
    const before = snapshotOf(file);
    const { err, exit } = await undo(file);
    expect(err).toContain(`an interrupted change of ${file} left ${journal}; run: ggufix recover ${file}`);
    expect([exit, snapshotOf(file)]).toEqual([3, before]);
    await runCli(['recover', file]);
    expect(readFileSync(file).equals(old)).toBe(false);
  });

  test('several files: one without a record stops none of the others', async () => {
    const [one, two] = [await changed(), await changed()];
    const without = tempFile(gemma().bytes());
    const { files, exit } = await undo(one.file, without, two.file, path.join(tempFolder(), 'nope.gguf'));
    expect(exit).toBe(3);
    expect(files).toMatchObject([
      { status: 'restored' },
      { error: { code: 'not-found' } },
      { status: 'restored' },
      { error: { code: 'source-unreadable' } },
    ]);
    expect(readFileSync(two.file).equals(two.old)).toBe(true);
  });
});
