import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { tempFile, tempFolder } from '../../support/temp.js';

/** An open file with these bytes, closed after the test. */
export function openSourceFile(bytes: Uint8Array): number {
  return closeLater(openSync(tempFile(bytes, 'source.bin'), 'r'));
}

/** A new file, open for writing. */
export interface TargetFile {
  readonly fd: number;
  /** What has been written to it. */
  read(): Uint8Array;
  size(): number;
}

/** A new empty file, closed after the test. */
export function openTargetFile(): TargetFile {
  const file = path.join(tempFolder(), 'target.bin');
  const fd = closeLater(openSync(file, 'w+'));
  return { fd, read: () => new Uint8Array(readFileSync(file)), size: () => statSync(file).size };
}

function closeLater(fd: number): number {
  onTestFinished(() => closeSync(fd));
  return fd;
}
