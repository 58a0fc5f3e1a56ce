import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { StepResult } from '../../../src/batch/journal/record.js';
import type { StepContext } from '../../../src/batch/steps/context.js';
import { type BatchPlace, openFor } from './place.js';

/** The context of a step of a place's batch, for which these results are known. */
export async function stepContext(
  place: BatchPlace,
  known: Readonly<Record<string, StepResult>> = {},
): Promise<StepContext> {
  const { manifest, layout, tools, version, planOptions } = await openFor(place);
  const folder = path.join(layout.work, 'job');
  mkdirSync(folder, { recursive: true });
  return {
    ...{ manifest, layout, tools, version, folder },
    threads: 1,
    signal: new AbortController().signal,
    startWork: () => ({ update: () => undefined, end: () => undefined }),
    isOurs: planOptions.isOurs,
    resultOf: (key) => known[key],
  };
}
