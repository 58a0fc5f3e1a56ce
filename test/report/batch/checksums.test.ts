import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { OutputResult } from '../../../src/batch/results/results.js';
import { checksumsText, mergeChecksums } from '../../../src/report/batch/checksums.js';
import { doneOutput, resultsWith, sha } from '../../batch/results/support.js';
import { tempFolder } from '../../support/temp.js';

const hasTool = spawnSync('sha256sum', ['--version'], { stdio: 'ignore' }).error === undefined;

function fileOf(name: string, text: string): OutputResult {
  const sha256 = createHash('sha256').update(text).digest('hex');
  return doneOutput(name, text.length, { files: [{ path: name, bytes: text.length, sha256 }] });
}

describe.skipIf(!hasTool)(`sha256sum -c${hasTool ? '' : ' (skipped: no sha256sum on PATH)'}`, () => {
  const names = [
    'plain.gguf',
    'a b/c d.gguf',
    'new\nline.gguf',
    're\rturn.gguf',
    'back\\slash.gguf',
    ' *star',
    'ü – 模型.gguf',
    '\\n',
  ];

  test('reads every name', () => {
    const folder = tempFolder();
    for (const name of names) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), name);
    }
    writeFileSync(path.join(folder, 'SHA256SUMS'), checksumsText(resultsWith(names.map((name) => fileOf(name, name)))));
    const told = execFileSync('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' });
    expect(told.match(/: OK$/gm)).toHaveLength(names.length);
  });

  test('writes the same', () => {
    const folder = tempFolder();
    const flat = names.filter((name) => !name.includes('/'));
    for (const name of flat) writeFileSync(path.join(folder, name), name);
    const own = checksumsText(resultsWith(flat.map((name) => fileOf(name, name))));
    expect(own).toBe(execFileSync('sha256sum', ['--', ...flat], { cwd: folder, encoding: 'utf8' }));
  });
});

test('only what is done and hashed has a line; the imatrix as well', () => {
  const outputs = [
    doneOutput('a.gguf', 1),
    doneOutput('b.gguf', 1, { status: 'failed', files: [] }),
    doneOutput('c.gguf', 1, { files: [{ path: 'c.gguf', bytes: 1 }] }),
  ];
  const [model] = resultsWith(outputs).models;
  const imatrix = { path: 'i.gguf', bytes: 1, sha256: sha('f') };
  const models = model === undefined ? [] : [{ ...model, imatrix }];
  expect(checksumsText({ models })).toBe(`${sha('f')}  i.gguf\n${sha('a')}  a.gguf\n`);
});

describe('merging', () => {
  const merge = (existing: string | Uint8Array, ...outputs: OutputResult[]): string =>
    Buffer.from(mergeChecksums(Buffer.from(existing), resultsWith(outputs))).toString('latin1');

  test('lines of other files stay byte for byte, whatever they hold', () => {
    const other = Buffer.concat([
      Buffer.from(`# notes\r\n\n${sha('1')} *other.gguf\nSHA256 (tagged) = ${sha('2')}\n`),
      Buffer.from(`${sha('3')}  bad\xff.gguf`, 'latin1'),
    ]);
    const kept = `${other.toString('latin1')}\n${sha('a')}  a.gguf\n`;
    expect(merge(other, doneOutput('a.gguf', 1))).toBe(kept);
    expect(merge(Buffer.from(kept, 'latin1'), doneOutput('a.gguf', 1))).toBe(kept);
  });

  test('lines of the results are replaced, in every form', () => {
    const old = [
      `${sha('9')}  a.gguf`,
      `${sha('9')} *./a.gguf`,
      `SHA256 (a.gguf) = ${sha('9')}`,
      `\\${sha('9')}  b\\\\.gguf`,
    ];
    const made = merge(`${old.join('\n')}\n`, doneOutput('a.gguf', 1), fileOf('b\\.gguf', 'x'));
    expect(made).not.toContain(sha('9'));
    expect(made.split('\n')).toHaveLength(3);
  });

  test('lines of shards that an output had go, those of others and of what is not done stay', () => {
    const shard = (prefix: string): string => `${sha('9')}  x/${prefix}-00001-of-00002.gguf\n`;
    const open = doneOutput('x/b.gguf', 1, { status: 'open', files: [] });
    const made = merge(`${shard('a')}${shard('b')}${shard('c')}`, doneOutput('x/a.gguf', 1), open);
    expect(made).toBe(`${shard('b')}${shard('c')}${sha('a')}  x/a.gguf\n`);
  });
});
