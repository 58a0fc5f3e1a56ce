import { recordedPath } from '../layout.js';
import { checkOutput } from '../steps/check.js';
import { hashOutput } from '../steps/publish.js';
import { evaluateFile } from '../steps/scores.js';
import { type OutputRun, requireStep, stepOf } from './output-run.js';

/** Checks and measures the files of an output, unless that was done (`isKnown`) since they were made. */
export async function runJudgements(
  { job, work, runner, context }: OutputRun,
  files: readonly string[],
  isKnown: boolean,
): Promise<void> {
  const { check } = context.batch.planOptions.settings;
  const [checking, evaluating] = [stepOf(job, 'check'), stepOf(job, 'evaluate')];
  if (checking !== undefined && check !== false) {
    await runner.run(checking, isKnown, (own) => checkOutput(files, check, own));
  }
  const { scores } = work.uses;
  const [first] = files;
  if (evaluating !== undefined && scores !== undefined && first !== undefined) {
    await runner.run(evaluating, isKnown, (own) => evaluateFile(first, scores, own));
  }
}

/** The same of files that are at their place, which get their hashes there as well. */
export async function judgeInPlace(run: OutputRun, files: readonly string[]): Promise<void> {
  const { job, runner, context } = run;
  await runJudgements(run, files, true);
  const nameOf = (file: string): string => recordedPath(context.batch.layout, file);
  await runner.run(requireStep(job, 'hash'), true, (own) => hashOutput(files, nameOf, own));
}
