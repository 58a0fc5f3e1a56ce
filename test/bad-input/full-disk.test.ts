import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { gguf } from '../support/gguf-builder.js';
import { attempt, refusalLine } from './attempt.js';

const MIB = 2 ** 20;

/** Makes the free-space check believe that there is room. */
const LYING_STATFS = new URL('lying-statfs.js', import.meta.url).href;

const model = gguf()
  .metadata('general.architecture', { type: 'string', value: 'llama' })
  .metadata('text', { type: 'string', value: 'a'.repeat(MIB) })
  .tensor('leading', 'I8', [2 * MIB], { bytes: new Uint8Array(2 * MIB).fill(1) })
  .tensor('w', 'F16', [1024, 512], { bytes: new Uint8Array(MIB).fill(0x34) })
  .bytes();

/** Each needs more than half a MiB: for the journal, the tensor that moves, the new file. */
const CHANGES = {
  patch: ['meta', 'set', 'm.gguf', 'text', '--file', 'as-long.txt', '--strategy', 'patch'],
  slide: ['meta', 'set', 'm.gguf', 'text', '--file', 'longer.txt', '--strategy', 'slide'],
  rewrite: ['requantize', 'm.gguf', '--tensor', 'w=q8_0'],
  split: ['split', 'm.gguf', 'out', '--max-tensors', '1'],
  'a copy': ['requantize', 'm.gguf', '--tensor', 'w=q8_0', '-o', 'out.gguf'],
} as const;

const disk = mountSmallDisk();

/** A file system of 8 MiB, or why there is none. */
function mountSmallDisk(): { readonly folder: string } | { readonly why: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'ggufix-disk-'));
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder], {
    encoding: 'utf8',
  });
  if (status === 0) return { folder };
  rmSync(folder, { recursive: true });
  return { why: error?.message ?? stderr.trim() };
}

describe.skipIf('why' in disk)(`a full disk${'why' in disk ? ` (skipped: ${disk.why})` : ''}`, () => {
  const folder = 'folder' in disk ? disk.folder : '';
  const ballast = path.join(folder, 'ballast');

  beforeAll(() => {
    writeFileSync(path.join(folder, 'm.gguf'), model);
    writeFileSync(path.join(folder, 'as-long.txt'), 'b'.repeat(MIB));
    writeFileSync(path.join(folder, 'longer.txt'), 'b'.repeat(MIB + 5000));
  });

  beforeEach(() => rmSync(ballast, { force: true }));

  afterAll(() => {
    spawnSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  });

  function leave(bytes: number): void {
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - bytes));
  }

  describe.each(Object.entries(CHANGES))('%s', (_, argv) => {
    test('is refused before anything is written, with what is free and what is needed', () => {
      leave(MIB / 2);
      expect(refusalLine(attempt(folder, argv), 3)).toMatch(/m\.gguf.*free.*needed/);
    });

    test('that runs into the end of the disk leaves the file and nothing else', () => {
      leave(MIB / 2);
      const refusal = attempt(folder, argv, { preload: LYING_STATFS });
      expect(refusalLine(refusal, 3)).toMatch(/m\.gguf.*no space left on device/);
    });

    test('on a disk without a byte free leaves nothing, not even a lock', () => {
      leave(0);
      const refusal = attempt(folder, argv, { preload: LYING_STATFS });
      expect(refusalLine(refusal, 3)).toMatch(/m\.gguf.*no space left on device/);
    });
  });
});
