import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { acquireLease } from '../../../src/batch/run/acquire-lease.js';
import { tempFolder } from '../../support/temp.js';

const hook = vi.hoisted(() => ({ beforeLink: (_file: string): void => undefined }));

vi.mock('node:fs/promises', async (load) => {
  const real: typeof import('node:fs/promises') = await load();
  const link: typeof real.link = async (from, to) => {
    hook.beforeLink(String(to));
    await real.link(from, to);
  };
  return { ...real, link };
});

/** A lease of a process on another machine. */
function lease(file: string, token: string): string {
  const text = JSON.stringify({ pid: 1, host: 'elsewhere', started: '', space: '', token });
  writeFileSync(file, text);
  return text;
}

test('who comes late with a ticket for a lease that was replaced meanwhile leaves the new one alone', async () => {
  const file = path.join(tempFolder(), 'job');
  lease(file, 'old');
  utimesSync(file, 0, 0);
  let taken = '';
  hook.beforeLink = (to) => {
    // Another process saw the same and was faster, between our look at the lease and our ticket for it.
    if (to.includes('.over-') && taken === '') taken = lease(file, 'new');
  };
  await expect(acquireLease(file, 'ours', 60_000)).rejects.toMatchObject({ code: 'locked' });
  expect(taken).not.toBe('');
  expect(readFileSync(file, 'utf8')).toBe(taken);
});
