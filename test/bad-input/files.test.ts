import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { smallModel } from '../support/models.js';
import { runCli } from '../support/run-cli.js';
import { tempFolder } from '../support/temp.js';
import { attempt, attemptHere, refusalLine } from './attempt.js';

const model = smallModel();
const header = model.headerBytes();

const LFS_POINTER = `version https://git-lfs.github.com/spec/v1
oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
size 2964
`;

/** Files that cannot be read as GGUF: what the message says was found, where, and what was expected. */
const UNREADABLE: readonly { readonly title: string; readonly bytes: Uint8Array; readonly says: RegExp }[] = [
  { title: 'an empty file', bytes: Buffer.alloc(0), says: /an empty file/ },
  {
    title: 'an HTML page',
    bytes: Buffer.from('<!DOCTYPE html>\n<html><title>404</title></html>\n'),
    says: /HTML.*'<!DO', expected 'GGUF'/,
  },
  { title: 'a Git LFS pointer', bytes: Buffer.from(LFS_POINTER), says: /Git LFS pointer.*2964 bytes/ },
  {
    title: 'a zip archive',
    bytes: Buffer.from('PK\u0003\u0004 and so on and on'),
    says: /zip archive.*expected 'GGUF'/,
  },
  { title: 'version 1', bytes: model.version1().bytes(), says: /version 1 at offset 4.*expected 2 or 3/ },
  { title: 'a future version', bytes: model.version(4).bytes(), says: /version 4 at offset 4, expected 2 or 3/ },
  { title: 'big-endian', bytes: model.bigEndian().bytes(), says: /big-endian.*version 3.*expected little-endian/ },
  { title: 'cut in the magic', bytes: model.cutAt(3).bytes(), says: /starts with 'GGU', expected 'GGUF'/ },
  { title: 'cut in the counts', bytes: model.cutAt(20).bytes(), says: /key count.*8 bytes at offset 16.* 4/ },
  {
    title: 'cut in a tensor info',
    bytes: model.cutAt(header.byteLength - 60).bytes(),
    says: /tensor info 4.*12 bytes at offset 546.* 2/,
  },
];

function folderWith(bytes: Uint8Array): string {
  const folder = tempFolder();
  writeFileSync(path.join(folder, 'bad.gguf'), bytes);
  return folder;
}

describe.each(UNREADABLE)('$title', ({ bytes, says }) => {
  test('inspect says what it is, in one line', () => {
    const line = refusalLine(attempt(folderWith(bytes), ['inspect', 'bad.gguf']), 3);
    expect(line).toMatch(says);
    expect(line).toContain('bad.gguf');
  });

  test('every command that would change it says the same and names it', async () => {
    const folder = folderWith(bytes);
    const file = path.join(folder, 'bad.gguf');
    const { err } = await runCli(['inspect', file]);
    for (const argv of [
      ['meta', 'get', file],
      ['meta', 'set', file, 'general.name', 'x'],
      ['meta', 'unset', file, 'general.name'],
      ['requantize', file, '--tensor', 'blk.0.weight=q8_0'],
    ]) {
      expect(await attemptHere(folder, argv), argv.join(' ')).toEqual({ exit: 3, out: '', err });
    }
    const donor = await attemptHere(folder, ['fix', file, '--from', file]);
    expect(refusalLine(donor, 3)).toBe(err.trimEnd().replace('ggufix: ', 'ggufix: --from '));
  });

  test('check and fix report it as a finding', async () => {
    const folder = folderWith(bytes);
    const file = path.join(folder, 'bad.gguf');
    for (const command of ['check', 'fix']) {
      const { exit, out, err } = await attemptHere(folder, [command, file, '--json']);
      expect([exit, err]).toEqual([1, '']);
      expect(out).toMatch(says);
    }
  });
});

test('cut at any byte of the header, no command changes it, and all say where it ends', async () => {
  const folder = tempFolder();
  const file = path.join(folder, 'cut.gguf');
  for (let length = 0; length < header.byteLength; length += 7) {
    writeFileSync(file, header.subarray(0, length));
    const set = await attemptHere(folder, ['meta', 'set', file, 'general.name', 'x']);
    expect(refusalLine(set, 3), `cut at ${length}`).toMatch(
      /offset \d+|starts with|empty file|past the end of the file/,
    );
    const fix = await attemptHere(folder, ['fix', file, '--json']);
    expect(fix.exit, `cut at ${length}`).toBe(1);
    expect(JSON.parse(fix.out)).toMatchObject({ files: [{ status: 'failed', bytesWritten: 0, applied: [] }] });
  }
});

describe('tensor data cut off', () => {
  const cut = smallModel().cutAt(-60).bytes();

  test('fix repairs nothing of it, not even what could be repaired', () => {
    const { exit, out, err } = attempt(folderWith(cut), ['fix', 'bad.gguf', '--json']);
    expect([exit, err]).toEqual([1, '']);
    expect(JSON.parse(out)).toMatchObject({ files: [{ status: 'failed', bytesWritten: 0, applied: [] }] });
    expect(out).toMatch(new RegExp(`the file ends at ${cut.byteLength}, \\d+ bytes too early.*'blk.4.weight'`));
  });

  test.each([
    { argv: ['meta', 'set', 'bad.gguf', 'general.name', 'other'] },
    { argv: ['requantize', 'bad.gguf', '--tensor', 'blk.0.weight=f32'] },
    { argv: ['fix', 'bad.gguf', '--unsafe', '-o', 'out.gguf'] },
  ])('$argv.0 names the tensor and both offsets', ({ argv }) => {
    const { exit, out, err } = attempt(folderWith(cut), argv);
    expect(exit).toBe(argv[0] === 'fix' ? 1 : 3);
    expect(`${out}${err}`.replaceAll(/\s+/g, ' ')).toMatch(
      new RegExp(`'blk.4.weight'.*${cut.byteLength}|${cut.byteLength}.*'blk.4.weight'`),
    );
  });
});
