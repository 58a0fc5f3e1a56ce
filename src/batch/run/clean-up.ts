import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isGgufError } from '../../errors.js';
import { recordedFile } from '../layout.js';
import type { OpenBatch } from '../open-batch.js';
import type { Job } from '../plan/job.js';
import { usersOf } from '../plan/users-of.js';
import { leaseOf, workFolder } from './job-places.js';
import { type JobState, jobStates } from './job-states.js';
import { withLease } from './lease.js';
import { removeLeaseParts } from './remove-lease-parts.js';

type States = ReadonlyMap<string, JobState>;

/**
 * Removes what no job needs any more: scores whose comparisons are all done, unfinished files that other options made, and what
 * a run left that was killed after the last step of a job and before it came to tidy up.
 */
export async function cleanUp(batch: OpenBatch): Promise<void> {
  const states = jobStates(batch.plan, await batch.records());
  await removeScores(batch, states);
  await removeOtherWork(batch);
  await removeFinishedWork(batch, states);
  await removeLeaseParts(batch.layout);
}

async function removeScores({ plan, layout }: OpenBatch, states: States): Promise<void> {
  const users = usersOf(plan.jobs);
  for (const job of plan.jobs.filter(({ kind }) => kind === 'scores')) {
    if (users.get(job.id)?.every(({ id }) => states.get(id)?.status === 'done') === false) continue;
    for (const file of states.get(job.id)?.results.get('scores')?.files ?? []) {
      await rm(recordedFile(layout, file.path), { force: true });
    }
  }
}

async function removeOtherWork({ plan, layout }: OpenBatch): Promise<void> {
  const names = await readdir(layout.work).catch(() => []);
  for (const job of plan.jobs) {
    const own = path.basename(workFolder(layout, job));
    const beginning = own.slice(0, own.lastIndexOf('-') + 1);
    // A dot is before what was still being written.
    const others = names.filter((name) => name !== own && name.replace(/^\./, '').startsWith(beginning));
    for (const name of others) await rm(path.join(layout.work, name), { recursive: true, force: true });
  }
}

async function removeFinishedWork({ plan, layout }: OpenBatch, states: States): Promise<void> {
  const folders = [layout.work, layout.leases].map((folder) => readdir(folder).catch(() => []));
  const left = new Set((await Promise.all(folders)).flat());
  const isLeft = (job: Job): boolean =>
    [workFolder(layout, job), leaseOf(layout, job.id)].some((place) => left.has(path.basename(place)));
  for (const job of plan.jobs.filter((each) => states.get(each.id)?.status === 'done' && isLeft(each))) {
    try {
      await withLease(leaseOf(layout, job.id), new AbortController().signal, async () => {
        await rm(workFolder(layout, job), { recursive: true, force: true });
      });
    } catch (error) {
      // Whoever has it tidies up as well.
      if (!isGgufError(error, 'locked')) throw error;
    }
  }
}
