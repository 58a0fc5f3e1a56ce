import { availableParallelism } from 'node:os';
import { badOption, GgufError } from '../../../errors.js';
import { type AskedChild, startAskedChild } from '../../embedded/ask-child.js';
import { locateLlama } from '../../embedded/locate.js';
import type { TensorGroup } from './groups.js';
import { type Extent, type NoiseAnswer, noiseAnswerSchema } from './protocol.js';

export interface MeasureSensitivityOptions {
  readonly extent: Extent;
  /** A text for each sequence; without them the model makes up its own. */
  readonly texts?: readonly string[] | undefined;
  readonly seed: number;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each group with its sensitivity; it is `undefined` where none of its tensors takes part in the work. */
  readonly onGroup: (group: TensorGroup, sensitivity: number | undefined) => void | Promise<void>;
  /** @internal Compiled child script; the one beside this module by default. */
  readonly childUrl?: URL | undefined;
}

/**
 * The relative squared error that tensors are disturbed by, that of some three bits a weight: small enough that the divergence
 * grows in proportion, large enough to stand out from rounding.
 */
const ERROR = 0.01;

/** Almost nothing. Still all roundings after it fall otherwise, and what that makes is no sensitivity. */
const ROUNDING_ERROR = 1e-9;

const WHAT = 'llama.cpp, measuring sensitivity,';

/**
 * Measures how sensitive a model is to errors of each group of tensors: noise of a known size is added to what they compute,
 * and the divergence of the scores is seen. A sensitivity is that of each tensor of a group: nats for a unit of relative squared
 * error. Runs llama.cpp on the CPU in a child process. Rejects with `unavailable` where it cannot run the model,
 * `engine-failed` where it dies of it, `bad-option` for a text that is too short, `aborted`.
 */
export async function measureSensitivities(
  path: string,
  groups: readonly TensorGroup[],
  options: MeasureSensitivityOptions,
): Promise<void> {
  if (groups.length === 0) return;
  const { seed, onGroup, signal } = options;
  const script = options.childUrl ?? new URL('./noise-child.js', import.meta.url);
  const found = await locateLlama();
  await using child = startAskedChild(script, WHAT, signal);
  const { extent, texts, threads = availableParallelism() } = options;
  const opening = {
    kind: 'open',
    package: found,
    path,
    threads,
    extent,
    seed,
    ...(texts === undefined ? {} : { texts }),
  };
  const opened = await ask(child, opening, 'opened');
  const taking = new Set(opened.tensors);
  const disturb = async (tensors: readonly string[], error: number): Promise<number> => {
    const { mean } = await ask(child, { kind: 'disturb', tensors, error, seed }, 'divergence');
    if (Number.isFinite(mean)) return mean;
    const what = `llama.cpp computes scores of the model that are ${mean} nats apart`;
    throw new GgufError('unavailable', what, { what });
  };
  const rounding = await disturb(opened.tensors.slice(0, 1), ROUNDING_ERROR);
  for (const group of groups) {
    const tensors = group.tensors.filter((name) => taking.has(name));
    const divergence = tensors.length === 0 ? undefined : (await disturb(tensors, ERROR)) - rounding;
    await onGroup(group, divergence === undefined ? undefined : Math.max(divergence, 0) / (ERROR * tensors.length));
  }
}

/** Asks, and throws what the child could not do. A bad answer is a bug: only our own child sends one. */
async function ask<K extends NoiseAnswer['kind']>(
  child: AskedChild,
  question: object,
  kind: K,
): Promise<Extract<NoiseAnswer, { kind: K }>> {
  const answer = noiseAnswerSchema.parse(await child.ask(question));
  if (answer.kind === 'unavailable') throw new GgufError('unavailable', answer.what, { what: answer.what });
  if (answer.kind === 'bad-option') throw badOption(answer.problem);
  if (answer.kind !== kind) throw new Error(`asked for ${kind}, got ${answer.kind}`);
  return answer as Extract<NoiseAnswer, { kind: K }>; // its kind was compared
}
