import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { companionsOf } from '../../edit/companions.js';
import { parseHolder } from '../../edit/holder.js';
import type { Holder } from '../../edit/lock-holder.js';
import { recordedFile } from '../layout.js';
import type { OpenBatch } from '../open-batch.js';
import type { Job } from '../plan/job.js';

/**
 * Removes the locks that a process left on the files of a job when it died with the job's lease. Of a process on another machine
 * a lock alone does not tell that it is dead; the silence of its lease does.
 */
export async function removeLocksOf(
  holder: Holder,
  job: Job,
  { layout, plan }: OpenBatch,
  workFolder: string,
): Promise<void> {
  const names = await readdir(workFolder).catch(() => []);
  const inWork = names.filter((name) => name.endsWith('.ggufix-lock')).map((name) => path.join(workFolder, name));
  const work = plan.works.get(job.id);
  const files = [
    ...(job.output === undefined ? [] : [recordedFile(layout, job.output.path)]),
    ...(job.output?.isInPlace === true ? (work?.model.files ?? []) : []),
    ...(work?.kind === 'imatrix' ? [recordedFile(layout, work.imatrix.path)] : []),
  ];
  for (const lock of [...inWork, ...files.map((file) => companionsOf(file).lock)]) {
    const found = await parseHolder(await readFile(lock, 'utf8').catch(() => ''));
    const isHis = found?.pid === holder.pid && found.host === holder.host && found.started === holder.started;
    if (isHis) await rm(lock, { force: true });
  }
}
