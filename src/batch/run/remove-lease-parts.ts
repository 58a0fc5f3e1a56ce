import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isAlive } from '../../edit/holder.js';
import type { Layout } from '../layout.js';
import { isInSight, parseLease } from './acquire-lease.js';

/** Milliseconds after which a file that its writer did not come to fill is nobody's: that takes one write. */
const FILLED_MS = 500;
/** The same for files of other machines, whose clocks may differ. */
const OTHERS_MS = 60_000;

/** Removes what processes left that were killed while they took a lease: leases themselves have names that end in `.json`. */
export async function removeLeaseParts({ leases }: Pick<Layout, 'leases'>): Promise<void> {
  const names = await readdir(leases).catch(() => []);
  for (const name of names.filter((each) => !each.endsWith('.json'))) {
    const file = path.join(leases, name);
    if (await isNobodys(file)) await rm(file, { force: true });
  }
}

async function isNobodys(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return false;
  const age = Date.now() - found.mtimeMs;
  const holder = parseLease(await readFile(file, 'utf8').catch(() => ''));
  if (holder === undefined) return age > FILLED_MS;
  return (await isInSight(holder)) ? !(await isAlive(holder)) : age > OTHERS_MS;
}
