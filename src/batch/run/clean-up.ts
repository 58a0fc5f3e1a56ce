import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { recordedFile } from '../layout.js';
import type { OpenBatch } from '../open-batch.js';
import { workFolder } from './job-places.js';
import { jobStates } from './job-states.js';

/** Removes what no job needs any more: scores whose comparisons are all done, and unfinished files that other options made. */
export async function cleanUp(batch: OpenBatch): Promise<void> {
  const { plan, layout } = batch;
  const states = jobStates(plan, await batch.records());
  for (const job of plan.jobs.filter(({ kind }) => kind === 'scores')) {
    const users = plan.jobs.filter(({ after }) => after.includes(job.id));
    if (!users.every(({ id }) => states.get(id)?.status === 'done')) continue;
    for (const file of states.get(job.id)?.results.get('scores')?.files ?? []) {
      await rm(recordedFile(layout, file.path), { force: true });
    }
  }
  const names = await readdir(layout.work).catch(() => []);
  for (const job of plan.jobs) {
    const own = path.basename(workFolder(layout, job));
    const others = names.filter((name) => name !== own && name.startsWith(own.slice(0, own.lastIndexOf('-') + 1)));
    for (const name of others) await rm(path.join(layout.work, name), { recursive: true, force: true });
  }
}
