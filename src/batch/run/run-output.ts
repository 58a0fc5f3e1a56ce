import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { findJournal } from '../../edit/find-journal.js';
import { openModel } from '../../quantizer/quantize/open-model.js';
import { refuseBroken } from '../../quantizer/quantize/refuse-source.js';
import { hashFiles } from '../../sources/hash-files.js';
import { isPathBelow } from '../is-path-below.js';
import type { StepFile, StepResult } from '../journal/record.js';
import { recordedFile, recordedPath } from '../layout.js';
import type { Job, Step, StepName } from '../plan/job.js';
import { inPlaceSteps } from '../plan/output-steps.js';
import type { OutputWork } from '../plan/work.js';
import { checkOutput } from '../steps/check.js';
import type { StepContext } from '../steps/context.js';
import { fileFacts } from '../steps/file-facts.js';
import { fixInPlace, type WantedFix } from '../steps/fix.js';
import { makeOutput } from '../steps/make.js';
import { pendingChanges } from '../steps/pending-changes.js';
import { hashOutput, publishOutput, splitOutput } from '../steps/publish.js';
import { evaluateFile } from '../steps/scores.js';
import { modelIdentity } from '../survey/identity.js';
import { pendingFile } from './job-places.js';
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
  await runJudgements(job, work, finished ?? [made], isFixed, runner, context);
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

/** Repairs the files of a model where they are. */
export async function runFixInPlace(
  job: Job,
  work: OutputWork,
  runner: StepRunner,
  context: JobContext,
): Promise<void> {
  const { files } = work.model;
  const fix = stepOf(job, 'fix');
  if (fix === undefined) throw incomplete(job);
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
  await runLater(job, work, files, runner, context);
}

async function stepsAfterFix(work: OutputWork, { batch }: JobContext): Promise<readonly Step[]> {
  await using model = await openModel(work.model.files[0]);
  return inPlaceSteps(await modelIdentity(model), work, batch.planOptions);
}

/** Judges a file that was there before the batch. */
export async function runThere(job: Job, work: OutputWork, runner: StepRunner, context: JobContext): Promise<void> {
  const files = work.output.there.map((file) => recordedFile(context.batch.layout, file.path));
  await runLater(job, work, files, runner, context);
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

/** The folder that files go to in the end, and whether somebody noted that they are there. */
interface Place {
  readonly folder: string;
  readonly isNoted: boolean;
}

/** Where files are that were made: each where it was made or, maybe, at its place. `undefined` where one is in neither. */
async function finishedFiles(
  files: readonly StepFile[] | undefined,
  folder: string,
  place?: Place,
): Promise<readonly string[] | undefined> {
  if (files === undefined) return undefined;
  const found: string[] = [];
  for (const file of files) {
    // A journal is a file that others may have written: names in it lead nowhere else.
    if (!isPathBelow(file.path)) return undefined;
    const [made, out] = [path.join(folder, file.path), place && path.join(place.folder, file.path)];
    if ((await sizeOf(made)) === file.bytes) found.push(made);
    else if (out !== undefined && (await isPlaced(out, file, place?.isNoted === true))) found.push(out);
    else return undefined;
  }
  return found;
}

/** What nobody noted may be a file of other options that has the same size. */
async function isPlaced(out: string, { bytes, sha256 }: StepFile, isNoted: boolean): Promise<boolean> {
  return (await sizeOf(out)) === bytes && (isNoted || (await hashFiles([out])) === sha256);
}

/** Whether a file has all of its tensors, or its repair was stopped in the midst of it, which the next one settles. */
async function isWhole(file: string): Promise<boolean> {
  try {
    if ((await findJournal(file)) !== undefined) return true;
    await using model = await openModel(file);
    refuseBroken(model);
    return true;
  } catch {
    return false;
  }
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
