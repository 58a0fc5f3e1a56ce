import type { BatchResults, OutputResult, OutputStatus } from '../../batch/results/results.js';
import type { BatchDocument } from './schema.js';

/** How many outputs stand how. */
export function tallyOf({ models }: BatchResults): BatchDocument['summary'] {
  const outputs = models.flatMap((model) => model.outputs);
  const count = (status: OutputStatus): number => outputs.filter((output) => output.status === status).length;
  return {
    outputs: outputs.length,
    done: count('done'),
    skipped: count('skipped'),
    failed: count('failed'),
    blocked: count('blocked'),
    open: count('open'),
    unreadableModels: models.filter(({ problem }) => problem !== undefined).length,
    bytes: outputs.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
  };
}

/** Something that is not there, and why. */
export interface Failure {
  /** A model, or the path of an output. */
  readonly what: string;
  readonly message: string;
}

/** All that failed: models that cannot be read, outputs that could not be made. */
export function failuresOf({ models }: BatchResults): readonly Failure[] {
  return models.flatMap(({ model, problem, outputs }) => [
    ...(problem === undefined ? [] : [failure(model, problem.message)]),
    ...outputs.filter(isFailed).map((output) => failure(output.path, failureText(output))),
  ]);
}

/** Most messages begin with the file that they are about. */
function failure(what: string, message: string): Failure {
  return { what, message: message.startsWith(`${what}: `) ? message.slice(what.length + 2) : message };
}

function isFailed({ status }: OutputResult): boolean {
  return status === 'failed' || status === 'blocked';
}

function failureText({ error, blockedBy }: OutputResult): string {
  const message = error?.message ?? 'it failed';
  return blockedBy === undefined ? message : `${blockedBy} failed: ${message}`;
}
