import { mkdir } from 'node:fs/promises';
import type { StepResult } from '../journal/record.js';
import type { Records } from '../journal/records.js';
import type { Job, Step } from '../plan/job.js';
import type { StepContext } from '../steps/context.js';
import { problemOf } from './problem-of.js';
import type { JobContext } from './run-job.js';

/** Does the steps of one job, each unless it was done before. */
export interface StepRunner {
  /** What a step left, if it is known. */
  resultOf(step: Step): StepResult | undefined;
  /** What a step leaves: as it is known, where `isThere` says that it still holds, else by doing the work. */
  run(step: Step, isThere: boolean, work: (context: StepContext) => Promise<StepResult>): Promise<StepResult>;
  /** Notes that a step is done which is the same as one that was. */
  note(step: Step, result: StepResult): Promise<void>;
  /** From now on, notes with each step that the one of the same name among these is done as well. */
  alsoNote(steps: readonly Step[]): void;
  /** Whether nothing had to be done so far. */
  isReused(): boolean;
}

/** A runner for a job whose unfinished files are in `folder`. */
export function stepRunner(job: Job, folder: string, records: Records, context: JobContext): StepRunner {
  const { batch, onEvent } = context;
  const known = new Map([...records.done].map(([key, { result }]) => [key, result]));
  let isReused = true;
  let others: readonly Step[] = [];
  const record = ({ key, name }: Step, seconds: number) =>
    ({ key, job: job.id, step: name, seconds, ended: Date.now() }) as const;
  const done = async (step: Step, result: StepResult, seconds: number): Promise<void> => {
    known.set(step.key, result);
    await batch.journal.append({ status: 'done', ...record(step, seconds), result });
  };
  const tried = async (step: Step, work: (context: StepContext) => Promise<StepResult>): Promise<StepResult> => {
    const started = performance.now();
    const passed = (): number => (performance.now() - started) / 1000;
    try {
      context.signal.throwIfAborted();
      await mkdir(folder, { recursive: true });
      const result = await work(stepContext(job, step, folder, known, context));
      await done(step, result, passed());
      return result;
    } catch (error) {
      if (!context.signal.aborted) {
        // What went wrong counts more than that it could not be noted.
        const noted = batch.journal.append({ status: 'failed', ...record(step, passed()), error: problemOf(error) });
        await noted.catch(() => undefined);
      }
      throw error;
    }
  };
  let begun = performance.now();
  /** It took as long as the step that is being done. */
  const note = async (step: Step, result: StepResult): Promise<void> => {
    if (!known.has(step.key)) await done(step, result, (performance.now() - begun) / 1000);
  };
  return {
    resultOf: ({ key }) => known.get(key),
    async run(step, isThere, work) {
      begun = performance.now();
      onEvent({ event: 'step-start', job, step: step.name });
      const found = isThere ? known.get(step.key) : undefined;
      if (found === undefined) isReused = false;
      const result = found ?? (await tried(step, work));
      const other = others.find(({ name }) => name === step.name);
      if (other !== undefined) await note(other, result);
      const seconds = (performance.now() - begun) / 1000;
      onEvent({ event: 'step-end', job, step: step.name, seconds, isReused: found !== undefined });
      return result;
    },
    note,
    alsoNote: (steps) => {
      others = steps;
    },
    isReused: () => isReused,
  };
}

function stepContext(
  job: Job,
  step: Step,
  folder: string,
  known: ReadonlyMap<string, StepResult>,
  { batch, threads, signal, onEvent }: JobContext,
): StepContext {
  const { manifest, layout, tools, version } = batch;
  return {
    manifest,
    layout,
    tools,
    version,
    threads,
    signal,
    folder,
    resultOf: (key) => known.get(key),
    isOurs: batch.planOptions.isOurs,
    startWork: ({ label, total, unit }) => ({
      update: (done) => onEvent({ event: 'progress', job, step: step.name, label, done, total, unit }),
      end: () => undefined,
    }),
  };
}
