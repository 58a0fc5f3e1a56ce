import path from 'node:path';
import { findConfig } from '../config/find.js';
import { MAX_CONFIG_BYTES } from '../limits.js';
import { readText } from '../sources/text.js';
import { confine, confineFiles } from './confine.js';
import { type Journal, openJournal } from './journal/journal.js';
import { type KnownHashes, presentRecords } from './journal/present-records.js';
import { type Records, recordReader } from './journal/records.js';
import { type Layout, layoutOf, recordedFile } from './layout.js';
import { type ReadManifest, readManifest } from './manifest/read.js';
import type { PlannedBatch } from './plan/plan-batch.js';
import { planBatch } from './plan/plan-batch.js';
import type { PlanOptions, StepInputs } from './plan/plan-options.js';
import { hashOf } from './survey/hash.js';
import { contentIdentity } from './survey/identity.js';
import { surveyModels } from './survey/survey.js';
import { type BatchTools, engineName, openTools } from './tools.js';

/** What a batch is opened with. */
export interface OpenOptions {
  /** Of ggufix. */
  readonly version: string;
  /** `auto`, `embedded`, or the path of a llama-quantize. */
  readonly engine: string;
  readonly threads: number | undefined;
  readonly signal: AbortSignal;
  /** Folders outside of which nothing may be read or written; everywhere where absent. */
  readonly roots?: readonly string[];
  /** Whether to run the rules for exact sizes of repaired files, which a dry run shows. */
  readonly isExact?: boolean;
  /** Whether to settle repairs in place that a run was killed in. Nothing else is written. */
  readonly mayRecover?: boolean;
}

/** A manifest, read and planned, with the programs that it needs. Closed when no job runs any more. */
export interface OpenBatch extends AsyncDisposable {
  readonly manifest: ReadManifest;
  readonly layout: Layout;
  readonly plan: PlannedBatch;
  /** What the plan was made with, for steps that are planned anew. */
  readonly planOptions: PlanOptions;
  readonly tools: BatchTools;
  readonly journal: Journal;
  /** All that is known of the steps now. Whether files are still there is looked at for all steps, or for those of `keys`. */
  readonly records: (keys?: ReadonlySet<string>) => Promise<Records>;
  readonly version: string;
  /** Of the manifest and of all that does the steps: two processes whose batches differ in it do not make the same. */
  readonly fingerprint: string;
}

/**
 * Reads a manifest, looks at its models, finds its programs and plans. Writes nothing but what `mayRecover` says. Rejects with `bad-option` for a manifest
 * that is wrong, `unavailable` where a program is missing, `not-writable` where a path leads out of the roots.
 */
export async function openBatch(file: string, options: OpenOptions): Promise<OpenBatch> {
  const { signal, threads, engine, version, isExact = false, mayRecover = false } = options;
  const manifest = await readManifest(file);
  const { settings, folder } = manifest;
  const layout = layoutOf(folder, settings.output);
  if (options.roots !== undefined) await confine(manifest, layout, options.roots);
  const tools = await openTools(manifest, { engine, threads, signal });
  try {
    const [reader, journal] = [recordReader(layout.journal), openJournal(layout.journal)];
    const records = await reader.refresh();
    const { roots } = options;
    const allow = roots && ((files: readonly string[]) => confineFiles(files, roots));
    const made = madeFiles(records, layout);
    const models = await surveyModels(manifest, {
      layout,
      version,
      isExact,
      mayRecover,
      made,
      signal,
      ...(allow && { allow }),
    });
    const hashes: KnownHashes = new Map();
    const inputs = await stepInputs(manifest, layout, tools, options);
    const planOptions: PlanOptions = { settings, inputs, ...ownFiles(records) };
    return {
      manifest,
      layout,
      plan: planBatch(models, planOptions),
      planOptions,
      tools,
      journal,
      records: async (keys) => await presentRecords(await reader.refresh(), layout, hashes, keys),
      version,
      fingerprint: hashOf(await contentIdentity(manifest.path, signal), inputs),
      async [Symbol.asyncDispose]() {
        await journal[Symbol.asyncDispose]();
        await tools[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await tools[Symbol.asyncDispose]();
    throw error;
  }
}

async function stepInputs(
  { settings, folder }: ReadManifest,
  { root }: Layout,
  { engine, imatrix, perplexity }: BatchTools,
  { version }: OpenOptions,
): Promise<StepInputs> {
  const named = settings.check === false ? false : settings.check.config;
  const config =
    named === undefined ? await findConfig(root) : typeof named === 'string' ? path.resolve(folder, named) : named;
  return {
    ggufix: version,
    engine: engine === undefined ? 'none' : engineName(engine),
    imatrix: imatrix?.version ?? 'none',
    perplexity: perplexity?.version ?? 'none',
    config: typeof config === 'string' ? hashOf(await readText(config, MAX_CONFIG_BYTES)) : 'none',
  };
}

/** The files that runs of the batch made, as they made them. */
function ownFiles({ done }: Records): Pick<PlanOptions, 'isOurs' | 'finished'> {
  const published = new Set<string>();
  for (const { step, result } of done.values()) {
    if (step === 'publish' || step === 'imatrix')
      for (const file of result.files ?? []) published.add(`${file.bytes} ${file.path}`);
  }
  return {
    isOurs: (place, bytes) => published.has(`${bytes} ${place}`),
    finished: (key) => done.get(key)?.result.files ?? [],
  };
}

/** Absolute paths of all that runs of the batch put into the output folder, or were about to. */
function madeFiles({ done }: Records, layout: Layout): ReadonlySet<string> {
  const made = [...done.values()].flatMap(({ step, job, result }) => {
    // The id of an output's job is its place.
    if (step === 'make') return [job];
    return step === 'publish' || step === 'imatrix' ? (result.files ?? []).map((file) => file.path) : [];
  });
  return new Set(made.map((each) => recordedFile(layout, each)));
}
