import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';

const made: string[] = [];

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new empty folder that is removed after the test. */
export function tempFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'ggufix-test-'));
  made.push(folder);
  return folder;
}

/** A file with these bytes in a folder of its own. */
export function tempFile(bytes: Uint8Array, name = 'model.gguf'): string {
  const file = path.join(tempFolder(), name);
  writeFileSync(file, bytes);
  return file;
}

/** What stands beside a file, itself left out: nothing, after a clean run. */
export function neighboursOf(file: string): string[] {
  return readdirSync(path.dirname(file)).filter((name) => name !== path.basename(file));
}
