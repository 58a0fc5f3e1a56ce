import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { EMBEDDING } from '../../cli/support/gemma.js';
import { type BatchPlace, batchPlace } from './place.js';

/** The output that `manifest` asks for. */
export const HALF = 'tiny-half.gguf';
/** Its steps. */
export const STEPS = ['make', 'fix', 'check', 'hash', 'publish'];

/** A manifest that writes one tensor of the tiny model as another type. */
export function manifest(more = '', type = 'F32'): string {
  return [
    'models: tiny.gguf',
    'output: out',
    'check: { profile: default, config: false }',
    `outputs: { requantize: { '${EMBEDDING}': ${type} }, label: half }`,
    more,
  ].join('\n');
}

/** What a run does that nobody disturbs. */
export async function undisturbed(text: string): Promise<Readonly<Record<string, string>>> {
  const place = batchPlace(text);
  await place.run();
  return place.results();
}

/** Steps as a run tells them. */
export const named = (steps: readonly string[], job = HALF): string[] => steps.map((step) => `${job}: ${step}`);

/** Runs until a step is done, or begins, and aborts. */
export async function runUntil(
  place: BatchPlace,
  event: 'step-start' | 'step-end',
  step: string,
): Promise<readonly string[]> {
  const stop = new AbortController();
  const seen: string[] = [];
  const run = place.run({
    signal: stop.signal,
    onEvent: (each) => {
      if (each.event === 'step-end') seen.push(`${each.job.id}: ${each.step}`);
      if (each.event === event && each.step === step) stop.abort(new Error('stopped by the test'));
    },
  });
  await expect(run).rejects.toThrow('stopped by the test');
  return seen;
}

/** The folder that the one output is made in. */
export function stagedFolder(place: BatchPlace): string {
  const work = place.at('out/.ggufix-batch/work');
  const [name = ''] = readdirSync(work);
  return path.join(work, name);
}
