import { readdir, stat, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import type { Layout } from '../layout.js';
import type { ManifestLimits } from '../manifest/manifest.js';
import type { Capacity } from './admission.js';

/** Jobs at a time, where the manifest does not say. More keep no more processors busy: each uses several threads. */
const DEFAULT_JOBS = 2;

/** How many jobs run at a time, and how many threads each has. */
export function parallelism(
  { jobs, threads }: ManifestLimits,
  asked: { jobs?: number | undefined; threads?: number | undefined },
): {
  readonly jobs: number;
  readonly threads: number;
} {
  const all = Math.max(1, asked.threads ?? threads ?? availableParallelism());
  const atOnce = asked.jobs ?? jobs ?? Math.min(DEFAULT_JOBS, all);
  return { jobs: atOnce, threads: Math.max(1, Math.floor(all / atOnce)) };
}

/** What the machine has for the jobs of a batch now, within the limits of its manifest. */
export async function readCapacity(jobs: number, { memory, disk }: ManifestLimits, layout: Layout): Promise<Capacity> {
  const free = (await freeBytes(layout.root)) ?? Number.POSITIVE_INFINITY;
  const allowed = disk === undefined ? Number.POSITIVE_INFINITY : disk - (await bytesIn(layout.root));
  return { jobs, memory: memory ?? totalmem(), disk: Math.max(0, Math.min(free, allowed)) };
}

/** Bytes that are free where a folder is, or will be. `undefined` where the file system does not tell: the write itself will say. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  const found = await statfs(folder).catch(() => undefined);
  if (found !== undefined) return found.bavail * found.bsize;
  const above = path.dirname(folder);
  return above === folder ? undefined : await freeBytes(above);
}

/** Bytes of all files in a folder, at any depth; of one that is not there none. */
export async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  let sum = 0;
  for (const entry of entries) {
    if (entry.isFile()) sum += (await stat(path.join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0;
  }
  return sum;
}
