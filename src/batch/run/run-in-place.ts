import { openModel } from '../../quantizer/quantize/open-model.js';
import type { StepResult } from '../journal/record.js';
import type { Step } from '../plan/job.js';
import { inPlaceSteps } from '../plan/output-steps.js';
import type { OutputWork } from '../plan/work.js';
import { fileFacts } from '../steps/file-facts.js';
import { fixInPlace } from '../steps/fix.js';
import { pendingChanges } from '../steps/pending-changes.js';
import { modelIdentity } from '../survey/identity.js';
import { pendingFile } from './job-places.js';
import { allowedFixes, type OutputRun, requireStep } from './output-run.js';
import type { JobContext } from './run-job.js';
import { judgeInPlace } from './run-judgements.js';

/** Repairs the files of a model where they are. */
export async function runInPlace(run: OutputRun): Promise<void> {
  const { job, work, runner, context } = run;
  const { files } = work.model;
  const fix = requireStep(job, 'fix');
  await runner.run(fix, true, async (own) => {
    const fixed: StepResult[] = [];
    const wanted = { set: work.output.set, allow: allowedFixes(work) };
    const pending = await Promise.all(files.map((_, index) => pendingChanges(pendingFile(own.layout, job, index))));
    for (const [index, file] of files.entries()) fixed.push(await fixInPlace(file, wanted, own, pending[index]));
    const all = {
      ...(await fileFacts(files[0])),
      changes: fixed.flatMap(({ changes = [] }) => changes),
      notes: fixed.flatMap(({ notes = [] }) => notes),
    };
    // The next run meets another file, of which all that is done from here on is known, whenever this one ends.
    const next = await stepsAfterFix(work, context);
    runner.alsoNote(next);
    const [fixNext] = next;
    // Where nothing was to be changed, the file is the same, and this step is noted when it ends.
    if (fixNext !== undefined && fixNext.key !== fix.key) await runner.note(fixNext, all);
    for (const each of pending) await each.remove();
    return all;
  });
  await judgeInPlace(run, files);
}

async function stepsAfterFix(work: OutputWork, { batch }: JobContext): Promise<readonly Step[]> {
  await using model = await openModel(work.model.files[0]);
  return inPlaceSteps(await modelIdentity(model), work, batch.planOptions);
}
