import { chmodSync, linkSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { smallModel } from '../support/models.js';
import { neighboursOf, tempFolder } from '../support/temp.js';
import { attempt, refusalLine, run } from './attempt.js';

const isRoot = process.getuid?.() === 0;
/** The user that `attempt` turns into; any that is not root. */
const NOBODY = 65_534;

function folderWithModel(): string {
  const folder = tempFolder();
  chmodSync(folder, 0o755);
  writeFileSync(path.join(folder, 'm.gguf'), smallModel().bytes());
  return folder;
}

describe('what is no file', () => {
  test.each([
    { argv: ['inspect', 'sub'], says: 'no .gguf file in folder sub' },
    { argv: ['fix', 'sub'], says: 'no .gguf file in folder sub' },
    { argv: ['fix', 'm.gguf', '--from', 'sub'], says: 'cannot read sub: it is a directory' },
    { argv: ['fix', 'm.gguf', '-o', 'sub'], says: 'will not write sub: it is a folder' },
    { argv: ['fix', 'gone.gguf'], says: 'cannot read gone.gguf: no such file' },
    { argv: ['undo', 'gone.gguf'], says: 'cannot read gone.gguf: no such file' },
    { argv: ['fix', 'dangling.gguf'], says: 'cannot read dangling.gguf: no such file' },
    { argv: ['inspect', '/dev/null'], says: 'cannot read /dev/null: it is no regular file' },
  ])('$argv', ({ argv, says }) => {
    const folder = folderWithModel();
    mkdirSync(path.join(folder, 'sub'));
    symlinkSync('elsewhere.gguf', path.join(folder, 'dangling.gguf'));
    expect(refusalLine(attempt(folder, argv), 3)).toContain(says);
  });
});

describe('what must not be written', () => {
  test('a read-only file', () => {
    const folder = folderWithModel();
    chmodSync(path.join(folder, 'm.gguf'), 0o444);
    expect(refusalLine(attempt(folder, ['fix', 'm.gguf']), 3)).toMatch(/m\.gguf.*read-only \(mode 0444\).*-o OUT/);
  });

  test.each([
    { strategy: 'patch', argv: ['fix', 'm.gguf'] },
    { strategy: 'rewrite', argv: ['requantize', 'm.gguf', '--tensor', 'w=q8_0'] },
  ])('a file with hard links, by $strategy', ({ strategy, argv }) => {
    const folder = tempFolder();
    const file = path.join(folder, 'm.gguf');
    writeFileSync(file, smallModel().tensor('w', 'F16', [64, 4]).bytes());
    linkSync(file, path.join(folder, 'other.gguf'));
    const says = new RegExp(`m\\.gguf: it has 2 names \\(hard links\\).*--strategy ${strategy}.*-o OUT`);
    expect(refusalLine(attempt(folder, argv), 3)).toMatch(says);
  });

  test('an output that is there', () => {
    const folder = folderWithModel();
    writeFileSync(path.join(folder, 'out.gguf'), 'precious');
    expect(refusalLine(attempt(folder, ['fix', 'm.gguf', '-o', 'out.gguf']), 3)).toMatch(/out\.gguf.*exists.*--force/);
  });

  test.each([{ out: 'm.gguf' }, { out: './m.gguf' }, { out: 'link.gguf' }])('the input as output: $out', ({ out }) => {
    const folder = folderWithModel();
    symlinkSync('m.gguf', path.join(folder, 'link.gguf'));
    const refusal = attempt(folder, ['fix', 'm.gguf', '-o', out, '--force']);
    expect(refusalLine(refusal, 2)).toContain('-o names the input itself');
  });

  test.skipIf(!isRoot)('what another user owns (skipped unless root, who alone can become somebody else)', () => {
    const folder = folderWithModel();
    const fix = (): string => refusalLine(attempt(folder, ['fix', 'm.gguf'], { uid: NOBODY }), 3);
    expect(fix()).toMatch(/m\.gguf: permission denied; write a copy/);
    // Now a rewrite could replace the file.
    chmodSync(folder, 0o777);
    expect(fix()).toMatch(/m\.gguf: permission denied; write a copy/);
    chmodSync(folder, 0o755);
    chmodSync(path.join(folder, 'm.gguf'), 0o666);
    expect(fix()).toMatch(/m\.gguf: nothing can be written in its folder/);
    chmodSync(path.join(folder, 'm.gguf'), 0o600);
    const unreadable = refusalLine(attempt(folder, ['inspect', 'm.gguf'], { uid: NOBODY }), 3);
    expect(unreadable).toBe('ggufix: cannot read m.gguf: permission denied');
  });
});

test('a symlink stays one, and its target is repaired', () => {
  const folder = folderWithModel();
  const link = path.join(tempFolder(), 'link.gguf');
  const file = path.join(folder, 'm.gguf');
  symlinkSync(file, link);
  const before = readFileSync(file);
  expect(run(path.dirname(link), ['fix', 'link.gguf'])).toMatchObject({ exit: 0, err: '' });
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(file).equals(before)).toBe(false);
  expect([neighboursOf(file), neighboursOf(link)]).toEqual([[], []]);
});
