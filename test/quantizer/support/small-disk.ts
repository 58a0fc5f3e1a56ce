import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** Whether this process may mount file systems, which takes root. */
export const canMount = ((): boolean => {
  if (process.platform !== 'linux') return false;
  const folder = mkdtempSync(path.join(tmpdir(), 'ggufix-disk-'));
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status === 0;
  if (isMounted) spawnSync('umount', ['-l', folder]);
  rmdirSync(folder);
  return isMounted;
})();

/** A file system of its own with so many bytes. `makeReadOnly` takes all writing from it. */
export function smallDisk(bytes: number): { readonly folder: string; makeReadOnly(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'ggufix-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]);
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder]);
    rmdirSync(folder);
  });
  return { folder, makeReadOnly: () => void execFileSync('mount', ['-o', 'remount,ro', folder]) };
}
