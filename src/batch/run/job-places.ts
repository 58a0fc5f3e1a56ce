import path from 'node:path';
import type { Layout } from '../layout.js';
import { safeName } from '../manifest/safe-name.js';
import type { Job } from '../plan/job.js';
import { hashOf } from '../survey/hash.js';

/** The file of a job's lease. */
export function leaseOf({ leases }: Layout, job: string): string {
  return path.join(leases, `${slug(job)}.json`);
}

/** The folder of a job's unfinished files: another one when other steps make the output. */
export function workFolder({ work }: Layout, { id, steps }: Job): string {
  return path.join(work, `${slug(id)}-${steps[0]?.key.slice(0, 8) ?? 'none'}`);
}

/** The file of changes that are being made to one file of a job in its place. It outlives the job's work folder, and goes with other work of the job. */
export function pendingFile({ work }: Layout, { id }: Job, index: number): string {
  return path.join(work, `${slug(id)}-changes-${index}.json`);
}

/** A file name that tells ids apart: its beginning is for people. */
function slug(id: string): string {
  return `${safeName(id).slice(0, 60)}-${hashOf(id).slice(0, 12)}`;
}
