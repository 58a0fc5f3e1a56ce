import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder for files that all tests of a test file share; removed after the last one. */
export function sharedFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'ggufix-oracle-'));
  folders.push(folder);
  return folder;
}
