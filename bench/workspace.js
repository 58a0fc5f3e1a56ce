import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { killChildren } from './measure.js';

/** The project's folder. */
export const PROJECT = path.resolve(import.meta.dirname, '..');

/**
 * A folder for the benchmark's files on the project's file system (the system's temp folder may live in memory, where
 * `sync` costs nothing). `close` removes it; so do Ctrl-C and termination.
 * @returns {{ readonly folder: string, close(): void }}
 */
export function openWorkspace() {
  const cache = path.join(PROJECT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, 'ggufix-bench-'));
  const close = () => rmSync(folder, { recursive: true, force: true });
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    process.once(signal, () => {
      killChildren();
      close();
      process.exit(code);
    });
  }
  return { folder, close };
}
