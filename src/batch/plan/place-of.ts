import { posix } from 'node:path';
import type { SurveyedOutput } from '../survey/surveyed.js';
import type { Problem } from './job.js';
import { type PlanOptions, splitSizeOf } from './plan-options.js';
import type { OutputWork } from './work.js';

/** How an output is made, as far as its place decides. */
export interface PlaceDecision extends Pick<OutputWork, 'mode' | 'isReplacing' | 'replaced'> {
  readonly isSkipped?: boolean;
  readonly problem?: Problem;
}

/**
 * What becomes of the files that are at an output's place. Those of the hash step of `hashKey` are what is to be there. Pure.
 */
export function placeOf(output: SurveyedOutput, hashKey: string, options: PlanOptions): PlaceDecision {
  const { wanted, path } = output;
  if (isInPlace(output)) return { mode: 'in-place', isReplacing: true, replaced: [] };
  const old = output.there.filter((file) => options.isOurs(file.path, file.bytes));
  const made = options.finished(hashKey).map((file) => `${file.bytes} ${posix.join(posix.dirname(path), file.path)}`);
  const others = output.there.filter((file) => !old.includes(file) && !made.includes(`${file.bytes} ${file.path}`));
  // Shards are in the way only of other shards.
  const isSplit = splitSizeOf(output, options) !== undefined;
  const isFree = !others.some((file) => isSplit || file.path === path);
  if (isFree) return { mode: 'make', isReplacing: old.length > 0, replaced: old };
  switch (wanted.existing ?? options.settings.existing) {
    case 'keep':
      return { mode: 'there', isReplacing: false, replaced: [] };
    case 'skip':
      return { mode: 'there', isReplacing: false, replaced: [], isSkipped: true };
    case 'overwrite':
      return { mode: 'make', isReplacing: true, replaced: output.there };
    case 'refuse': {
      const message = `${others[0]?.path} exists already, and no run of this batch made it as it is now; move it away, or say existing: keep, skip or overwrite`;
      return { mode: 'make', isReplacing: false, replaced: [], problem: { code: 'not-writable', message } };
    }
  }
}

function isInPlace({ wanted: { making } }: SurveyedOutput): boolean {
  return making.kind === 'fix' && making.inPlace;
}
