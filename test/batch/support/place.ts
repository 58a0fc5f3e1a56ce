import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type OpenBatch, type OpenOptions, openBatch } from '../../../src/batch/open-batch.js';
import type { BatchEvent } from '../../../src/batch/run/events.js';
import { type Outcomes, runLocal } from '../../../src/batch/run/run-local.js';
import { gemma } from '../../cli/support/gemma.js';
import { tempFolder } from '../../support/temp.js';

/** A folder with models, texts and a manifest. */
export interface BatchPlace {
  readonly folder: string;
  /** Path of a file in the folder. */
  at(...parts: readonly string[]): string;
  /** Replaces the manifest. */
  manifest(text: string): void;
  open(options?: Partial<OpenOptions>): Promise<OpenBatch>;
  /** Opens the batch as a new process would, runs all of it and closes it. */
  run(options?: RunOptions): Promise<BatchRun>;
  /** Files in the output folder, with their bytes, those of the state left out. */
  results(): Readonly<Record<string, string>>;
}

/** How a run differs from a plain one. */
export interface RunOptions {
  readonly jobs?: number;
  readonly signal?: AbortSignal;
  /** Sees events as they come. */
  readonly onEvent?: (event: BatchEvent, batch: OpenBatch) => void;
  readonly open?: Partial<OpenOptions>;
}

/** What a run did. */
export interface BatchRun {
  readonly outcomes: Outcomes;
  readonly events: readonly BatchEvent[];
  /** `JOB: STEP` of each step that was done, and not taken from an earlier run. */
  readonly steps: readonly string[];
}

/** A new folder: a manifest that writes to `out`, and these files, a small Gemma 3n with the first defect where none are given. */
export function batchPlace(manifest: string, files: Readonly<Record<string, Uint8Array | string>> = {}): BatchPlace {
  const folder = tempFolder();
  const at = (...parts: readonly string[]): string => path.join(folder, ...parts);
  const all = Object.keys(files).length === 0 ? { 'tiny.gguf': gemma().bytes() } : files;
  for (const [name, bytes] of Object.entries(all)) {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    writeFileSync(at(name), bytes);
  }
  const file = at('ggufix.batch.yaml');
  writeFileSync(file, manifest);
  const open = (options: Partial<OpenOptions> = {}): Promise<OpenBatch> =>
    openBatch(file, { version: '1.2.3', engine: 'auto', threads: 1, signal: new AbortController().signal, ...options });
  return {
    folder,
    at,
    open,
    manifest: (text) => writeFileSync(file, text),
    async run({ jobs = 1, signal = new AbortController().signal, onEvent, open: options = {} } = {}) {
      const events: BatchEvent[] = [];
      await using batch = await open({ signal, ...options });
      const outcomes = await runLocal(batch, {
        jobs,
        threads: 1,
        signal,
        onEvent: (event) => {
          events.push(event);
          onEvent?.(event, batch);
        },
      });
      return { outcomes, events, steps: stepsOf(events) };
    },
    results: () => (existsSync(at('out')) ? filesIn(at('out')) : {}),
  };
}

/** `JOB: STEP` of each step that was done anew. */
export function stepsOf(events: readonly BatchEvent[]): string[] {
  return events.flatMap((event) =>
    event.event === 'step-end' && !event.isReused ? [`${event.job.id}: ${event.step}`] : [],
  );
}

/** Opens a batch that is closed after the test. */
export async function openFor(place: BatchPlace, options: Partial<OpenOptions> = {}): Promise<OpenBatch> {
  const batch = await place.open(options);
  onTestFinished(() => batch[Symbol.asyncDispose]());
  return batch;
}

function filesIn(folder: string): Record<string, string> {
  const found = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((name) => !name.startsWith('.ggufix-batch'));
  return Object.fromEntries(found.sort().map((name) => [name, readFileSync(path.join(folder, name), 'base64')]));
}
