import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { StepResult } from '../journal/record.js';
import { recordedFile } from '../layout.js';
import type { StepContext } from '../steps/context.js';
import { fileFacts } from '../steps/file-facts.js';
import { fixInPlace, type WantedFix } from '../steps/fix.js';
import { makeOutput } from '../steps/make.js';
import { hashOutput, publishOutput, splitOutput } from '../steps/publish.js';
import { finishedFiles, isWhole, sizeOf } from './finished-files.js';
import { allowedFixes, type OutputRun, requireStep, stepOf } from './output-run.js';
import { runJudgements } from './run-judgements.js';

/** Makes an output in `folder` and moves it to its place, going on from where an earlier run came to. */
export async function runMade(run: OutputRun, folder: string): Promise<void> {
  const { job, work, runner, context } = run;
  const { layout, planOptions } = context.batch;
  const { output } = work;
  const place = recordedFile(layout, output.path);
  const made = path.join(folder, path.basename(place));
  const [make, fix] = [requireStep(job, 'make'), requireStep(job, 'fix')];
  const [hash, publish] = [requireStep(job, 'hash'), requireStep(job, 'publish')];

  const isNoted = runner.resultOf(publish) !== undefined;
  const finished = await finishedFiles(runner.resultOf(hash)?.files, folder, { folder: path.dirname(place), isNoted });
  const isFinished = finished !== undefined;
  const isMade = isFinished || (runner.resultOf(make) !== undefined && (await isWhole(made)));
  // What is left of a run that was killed is of no use.
  if (!isMade) await rm(folder, { recursive: true, force: true });

  await runner.run(make, isMade, (own) => makeOutput(work, made, own));
  const isFixed = isFinished || (isMade && runner.resultOf(fix)?.bytes === (await sizeOf(made)));
  const isLeft = output.wanted.making.kind === 'type' && output.wanted.making.asIs;
  const wanted = { set: output.set, allow: allowedFixes(work) };
  await runner.run(fix, isFixed, (own) => fixMade(made, isLeft ? undefined : wanted, own));
  await runJudgements(run, finished ?? [made], isFixed);
  let files = finished ?? [made];
  const split = stepOf(job, 'split');
  const maxBytes = output.wanted.splitSize ?? planOptions.settings.splitSize;
  if (split !== undefined && maxBytes !== undefined) {
    const known = await finishedFiles(runner.resultOf(split)?.files, folder);
    const isSplit = isFinished || (isFixed && known !== undefined);
    const result = await runner.run(split, isSplit, (own) => splitOutput(made, maxBytes, own));
    files = finished ?? (result.files ?? []).map(({ path: name }) => path.join(folder, name));
  }
  const hashed = await runner.run(hash, isFinished, (own) => hashOutput(files, path.basename, own));
  const isPublished = isFinished && files.every((file) => path.dirname(file) === path.dirname(place));
  await runner.run(publish, isPublished, (own) => publishOutput(work, hashed.files ?? [], own));
}

/** What was asked for just as the engine makes it is not repaired, though a check may refuse it. */
async function fixMade(made: string, wanted: WantedFix | undefined, own: StepContext): Promise<StepResult> {
  const fixed = wanted === undefined ? { changes: [] } : await fixInPlace(made, wanted, own);
  return { ...fixed, ...(await fileFacts(made)) };
}
