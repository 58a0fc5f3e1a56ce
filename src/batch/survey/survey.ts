import { stat } from 'node:fs/promises';
import path from 'node:path';
import { findJournal } from '../../edit/find-journal.js';
import { recoverFile } from '../../edit/recover.js';
import { weightCount } from '../../gguf/model.js';
import { type Model, openModel } from '../../quantizer/quantize/open-model.js';
import { shardPaths } from '../../sources/shard-name.js';
import type { Layout } from '../layout.js';
import type { ManifestModel } from '../manifest/manifest.js';
import type { ReadManifest } from '../manifest/read.js';
import { findSources } from './find-sources.js';
import { modelIdentity } from './identity.js';
import { problemOf } from './problem.js';
import { refuseCollisions } from './refuse-collisions.js';
import { surveyEvaluation, surveyImatrix } from './survey-inputs.js';
import { type OutputContext, surveyOutput } from './survey-output.js';
import type { SurveyedModel, SurveyedOutput } from './surveyed.js';

/** What a survey is made with. */
export interface SurveyContext {
  readonly layout: Layout;
  /** Of ggufix. */
  readonly version: string;
  /** Whether sizes of repaired files are worth running the rules for. */
  readonly isExact: boolean;
  /** Absolute paths of what runs of the batch made. */
  readonly made: ReadonlySet<string>;
  /** Rejects for files that may not be read. */
  readonly allow?: (files: readonly string[]) => Promise<void>;
  /** Whether a repair in place that was interrupted is settled first: what is read of its file may be half of each. */
  readonly mayRecover?: boolean;
  readonly signal: AbortSignal;
}

/**
 * Looks at all models of a manifest, one after the other, by their headers; no header is kept. What is wrong with one is part of
 * what is said of it. Rejects with `bad-option` where outputs collide with each other or with models.
 */
export async function surveyModels(manifest: ReadManifest, context: SurveyContext): Promise<readonly SurveyedModel[]> {
  const found: SurveyedModel[] = [];
  for (const entry of manifest.settings.models) {
    for (const { file, error } of await findSources(entry, { ...context, folder: manifest.folder })) {
      context.signal.throwIfAborted();
      if (error !== undefined) {
        found.push(noModel(file, [file], error));
        continue;
      }
      await context.allow?.(shardPaths(file));
      found.push(await surveyModel(file, entry, manifest, context));
    }
  }
  refuseCollisions(found, context.layout);
  return found;
}

async function surveyModel(
  file: string,
  entry: ManifestModel,
  manifest: ReadManifest,
  context: SurveyContext,
): Promise<SurveyedModel> {
  const id = path.relative(manifest.folder, file).split(path.sep).join('/');
  const files = shardPaths(file);
  const outputs = entry.outputs ?? manifest.settings.outputs;
  const isInPlace = outputs.some(({ making }) => making.kind === 'fix' && making.inPlace);
  try {
    if (isInPlace && context.mayRecover === true) await recoverAll(files);
    await using model = await openModel(file, context.signal);
    return { id, files, ...(await surveyOpened(id, model, entry, manifest, context)) };
  } catch (error) {
    const bytes = (await stat(file).catch(() => undefined))?.size ?? 0;
    return { ...noModel(id, files, error), bytes };
  }
}

function noModel(id: string, files: SurveyedModel['files'], error: unknown): SurveyedModel {
  return { id, files, bytes: 0, identity: '', largestTensor: 0, outputs: [], problem: problemOf(error) };
}

async function recoverAll(files: readonly string[]): Promise<void> {
  for (const file of files) if ((await findJournal(file)) !== undefined) await recoverFile(file);
}

async function surveyOpened(
  id: string,
  model: Model,
  entry: ManifestModel,
  manifest: ReadManifest,
  context: SurveyContext,
): Promise<Omit<SurveyedModel, 'id' | 'files' | 'problem'>> {
  const { settings, folder } = manifest;
  const wanted = entry.outputs ?? settings.outputs;
  const isImatrixWanted = wanted.some(({ imatrix }) => imatrix);
  const isMeasured = wanted.some(({ evaluate }) => evaluate);
  const imatrix = isImatrixWanted ? await surveyImatrix(model, entry, manifest, context.signal) : undefined;
  const evaluation = isMeasured ? await surveyEvaluation(model, entry, manifest, context.signal) : undefined;
  const outputs: SurveyedOutput[] = [];
  const base: OutputContext = { ...context, id, folder, settings, entry, imatrix };
  for (const output of wanted) outputs.push(await surveyOutput(model, output, base));
  return {
    bytes: model.files.reduce((sum, { source }) => sum + source.size, 0),
    identity: await modelIdentity(model),
    largestTensor: model.header.tensors.reduce((most, tensor) => Math.max(most, Number(weightCount(tensor))), 0),
    outputs,
    ...(imatrix === undefined ? {} : { imatrix }),
    ...(evaluation === undefined ? {} : { evaluation }),
  };
}
