import { availableParallelism } from 'node:os';
import { GgufError } from '../../../errors.js';
import { quoted } from '../../../gguf/printable.js';
import type { TensorTypeName } from '../../../gguf/tensor-types.js';
import { startAskedChild } from '../../embedded/ask-child.js';
import { locateLlama } from '../../embedded/locate.js';
import { type ErrorQuestion, errorAnswerSchema } from './protocol.js';

/** A tensor, where it stands, and what is to be tried on it. */
export interface ErrorJob {
  readonly path: string;
  readonly tensor: ErrorQuestion['tensor'];
  readonly trials: ErrorQuestion['trials'];
  /** The importance of its columns, read only when its turn comes: for many experts it is large. */
  readonly importance: () => Promise<Float32Array | undefined>;
}

/** The relative squared error of each type that was tried on a tensor. */
export type TensorErrors = ReadonlyMap<TensorTypeName, number>;

export interface MeasureErrorsOptions {
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called as soon as a tensor is done, in no particular order. */
  readonly onErrors: (tensor: string, errors: TensorErrors) => void | Promise<void>;
  /** @internal Compiled child script; the one beside this module by default. */
  readonly childUrl?: URL | undefined;
}

/** Children wait for the disk more than for each other, but each takes 60 MB. */
const MAX_CHILDREN = 8;

/**
 * Measures what each type does to each tensor, in child processes: a failed assertion of ggml ends a process. Rejects with
 * `unavailable` where ggml cannot be opened, `engine-failed` where it dies, `non-finite-weight` for a NaN or infinite weight in
 * a sampled row, `aborted`.
 */
export async function measureErrors(jobs: readonly ErrorJob[], options: MeasureErrorsOptions): Promise<void> {
  if (jobs.length === 0) return;
  const { threads = availableParallelism(), signal, onErrors } = options;
  const found = await locateLlama();
  const script = options.childUrl ?? new URL('./error-child.js', import.meta.url);
  const failed = new AbortController();
  const stop = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const waiting = [...jobs];

  const work = async (): Promise<void> => {
    await using child = startAskedChild(script, "ggml's quantizer", stop);
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const { importance, ...rest } = job;
      const weights = await importance();
      const answer = await child.ask({
        package: found,
        ...rest,
        ...(weights === undefined ? {} : { importance: weights }),
      });
      await onErrors(job.tensor.name, errorsOf(job, answer));
    }
  };
  const children = Math.max(1, Math.min(threads, MAX_CHILDREN, jobs.length));
  const ends = await Promise.allSettled(
    Array.from({ length: children }, () =>
      work().catch((error: unknown) => {
        failed.abort(error); // the others stop too, with the same error
        throw error;
      }),
    ),
  );
  const rejected = ends.find((end) => end.status === 'rejected');
  if (rejected !== undefined) throw failed.signal.reason;
}

function errorsOf({ path, tensor, trials }: ErrorJob, message: unknown): TensorErrors {
  const answer = errorAnswerSchema.parse(message); // only our own child sends one, so a bad one is a bug
  switch (answer.kind) {
    case 'errors':
      return new Map(trials.map(({ type }, index) => [type, answer.errors[index] ?? Number.NaN]));
    case 'unavailable':
      throw new GgufError('unavailable', answer.what, { what: answer.what });
    case 'bad-weight': {
      const { row, element, value } = answer;
      const where = `${path}: tensor ${quoted(tensor.name)} has a weight that is ${value} at row ${row}, element ${element}`;
      throw new GgufError('non-finite-weight', where, { tensor: tensor.name, row, element, value });
    }
  }
}
