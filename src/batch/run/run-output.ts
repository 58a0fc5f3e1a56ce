import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { openModel } from '../../quantizer/quantize/open-model.js';
import { hashFiles } from '../../sources/hash-files.js';
import type { StepFile, StepResult } from '../journal/record.js';
import { recordedFile, recordedPath } from '../layout.js';
import type { Job, Step, StepName } from '../plan/job.js';
import { inPlaceSteps } from '../plan/plan-batch.js';
import type { OutputWork } from '../plan/work.js';
import { checkOutput } from '../steps/check.js';
import { fixInPlace } from '../steps/fix.js';
import { makeOutput } from '../steps/make.js';
import { hashOutput, publishOutput, splitOutput } from '../steps/publish.js';
import { evaluateFile } from '../steps/scores.js';
import { modelIdentity } from '../survey/identity.js';
import type { JobContext } from './run-job.js';
import type { StepRunner } from './step-runner.js';

/** Makes an output in `folder` and moves it to its place, going on from where an earlier run came to. */
export async function runMade(
  job: Job,
  work: OutputWork,
  folder: string,
  runner: StepRunner,
  context: JobContext,
): Promise<void> {
  const { layout, planOptions } = context.batch;
  const { output } = work;
  const place = recordedFile(layout, output.path);
  const made = path.join(folder, path.basename(place));
  const [make, fix, hash, publish] = (['make', 'fix', 'hash', 'publish'] as const).map((name) => stepOf(job, name));
  if (make === undefined || fix === undefined || hash === undefined || publish === undefined) throw incomplete(job);

  const finished = await finishedFiles(runner.resultOf(hash)?.files, folder, {
    folder: path.dirname(place),
    // Else another file may be there, which other options made or a run that did not come to note it.
    isCertain: runner.resultOf(publish) !== undefined,
  });
  const isFinished = finished !== undefined;
  const isMade = isFinished || (runner.resultOf(make) !== undefined && (await sizeOf(made)) !== undefined);
  // What is left of a run that was killed is of no use.
  if (!isMade) await rm(folder, { recursive: true, force: true });

  await runner.run(make, isMade, (own) => makeOutput(work, made, own));
  const isFixed = isFinished || (isMade && runner.resultOf(fix)?.bytes === (await sizeOf(made)));
  const isLeft = output.wanted.making.kind === 'type' && output.wanted.making.asIs;
  const wanted = { set: output.set, allow: allowedFixes(work) };
  await runner.run(fix, isFixed, (own) => (isLeft ? leaveAsIs(made) : fixInPlace(made, wanted, own)));
  await runJudgements(job, work, finished ?? [made], isMade, runner, context);
  let files = finished ?? [made];
  const split = stepOf(job, 'split');
  const maxBytes = output.wanted.splitSize ?? planOptions.settings.splitSize;
  if (split !== undefined && maxBytes !== undefined) {
    const known = await finishedFiles(runner.resultOf(split)?.files, folder);
    const isSplit = isFinished || (isMade && known !== undefined);
    const result = await runner.run(split, isSplit, (own) => splitOutput(made, maxBytes, own));
    files = finished ?? (result.files ?? []).map(({ path: name }) => path.join(folder, name));
  }
  const hashed = await runner.run(hash, isMade, (own) => hashOutput(files, path.basename, own));
  const isPublished = isFinished && files.every((file) => path.dirname(file) === path.dirname(place));
  await runner.run(publish, isPublished, (own) => publishOutput(work, hashed.files ?? [], own));
}

/** What was asked for just as the engine makes it is not repaired, though a check may refuse it. */
async function leaveAsIs(made: string): Promise<StepResult> {
  const { size } = await stat(made);
  return { changes: [], bytes: size };
}

/** Repairs the files of a model where they are. */
export async function runFixInPlace(
  job: Job,
  work: OutputWork,
  runner: StepRunner,
  context: JobContext,
): Promise<void> {
  const { batch, signal } = context;
  const { files } = work.model;
  const fix = stepOf(job, 'fix');
  if (fix === undefined) throw incomplete(job);
  const result = await runner.run(fix, true, async (own) => {
    const fixed: StepResult[] = [];
    const wanted = { set: work.output.set, allow: allowedFixes(work) };
    for (const file of files) fixed.push(await fixInPlace(file, wanted, own));
    return {
      bytes: fixed.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
      changes: fixed.flatMap(({ changes = [] }) => changes),
      notes: fixed.flatMap(({ notes = [] }) => notes),
    };
  });
  await runLater(job, work, files, runner, context);
  // The next run meets another file, of which all of this is known.
  await using model = await openModel(files[0], signal);
  for (const step of inPlaceSteps(await modelIdentity(model), work, batch.planOptions)) {
    const done = stepOf(job, step.name);
    const left = step.name === 'fix' ? result : done && runner.resultOf(done);
    if (left !== undefined) await runner.note(step, left);
  }
}

/** Judges a file that was there before the batch. */
export async function runThere(job: Job, work: OutputWork, runner: StepRunner, context: JobContext): Promise<void> {
  await runLater(job, work, [recordedFile(context.batch.layout, work.output.path)], runner, context);
}

async function runLater(
  job: Job,
  work: OutputWork,
  files: readonly string[],
  runner: StepRunner,
  context: JobContext,
): Promise<void> {
  await runJudgements(job, work, files, true, runner, context);
  const hash = stepOf(job, 'hash');
  const nameOf = (file: string): string => recordedPath(context.batch.layout, file);
  if (hash !== undefined) await runner.run(hash, true, (own) => hashOutput(files, nameOf, own));
}

/** Checks and measures the files of an output, unless that was done since they were made. */
async function runJudgements(
  job: Job,
  { uses }: OutputWork,
  files: readonly string[],
  isKnown: boolean,
  runner: StepRunner,
  { batch }: JobContext,
): Promise<void> {
  const { check } = batch.planOptions.settings;
  const [checking, evaluating] = [stepOf(job, 'check'), stepOf(job, 'evaluate')];
  if (checking !== undefined && check !== false) {
    await runner.run(checking, isKnown, (own) => checkOutput(files, check, own));
  }
  const { scores } = uses;
  const [first] = files;
  if (evaluating !== undefined && scores !== undefined && first !== undefined) {
    await runner.run(evaluating, isKnown, (own) => evaluateFile(first, scores, own));
  }
}

function allowedFixes({ output }: OutputWork): 'safe' | 'unsafe' {
  const { making } = output.wanted;
  return making.kind === 'fix' ? making.allow : 'safe';
}

/** Where files are that were made: each in its work folder or at its place, as it was. `undefined` where one is not. */
async function finishedFiles(
  files: readonly StepFile[] | undefined,
  folder: string,
  place?: { readonly folder: string; readonly isCertain: boolean },
): Promise<readonly string[] | undefined> {
  if (files === undefined) return undefined;
  const found: string[] = [];
  for (const { path: name, bytes, sha256 } of files) {
    const [made, placed] = [path.join(folder, name), place && path.join(place.folder, name)];
    if ((await sizeOf(made)) === bytes) found.push(made);
    else if (placed === undefined || (await sizeOf(placed)) !== bytes) return undefined;
    else if (place?.isCertain === true || (await hashFiles([placed])) === sha256) found.push(placed);
    else return undefined;
  }
  return found;
}

function stepOf({ steps }: Job, name: StepName): Step | undefined {
  return steps.find((step) => step.name === name);
}

async function sizeOf(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.size;
}

function incomplete({ id }: Job): TypeError {
  return new TypeError(`${id} lacks a step that every output has`);
}
