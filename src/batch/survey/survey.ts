import { stat } from 'node:fs/promises';
import path from 'node:path';
import { GgufError } from '../../errors.js';
import { weightCount } from '../../gguf/model.js';
import { type Model, openModel } from '../../quantizer/quantize/open-model.js';
import { shardPaths } from '../../sources/shard-name.js';
import { wholeModels } from '../../sources/whole-models.js';
import type { Layout } from '../layout.js';
import type { ManifestModel } from '../manifest/manifest.js';
import type { ReadManifest } from '../manifest/read.js';
import { modelIdentity } from './identity.js';
import { problemOf } from './problem.js';
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
  readonly signal: AbortSignal;
}

/**
 * Looks at all models of a manifest, one after the other, by their headers; no header is kept. What is wrong with one is part of
 * what is said of it. Rejects with `bad-option` where two outputs would be one file.
 */
export async function surveyModels(manifest: ReadManifest, context: SurveyContext): Promise<readonly SurveyedModel[]> {
  const found: SurveyedModel[] = [];
  for (const entry of manifest.settings.models) {
    const sources = await wholeModels([path.resolve(manifest.folder, entry.source)], []);
    refuseSharedName(entry, sources);
    for (const file of sources) {
      context.signal.throwIfAborted();
      found.push(await surveyModel(file, entry, manifest, context));
    }
  }
  refuseTwice(found);
  refuseMoving(found);
  return found;
}

function refuseSharedName({ name, source }: ManifestModel, sources: readonly string[]): void {
  if (name === undefined || sources.length <= 1) return;
  const problem = `the name ${name} is for one model, but ${source} stands for ${sources.length}`;
  throw new GgufError('bad-option', problem, { problems: [problem] });
}

async function surveyModel(
  file: string,
  entry: ManifestModel,
  manifest: ReadManifest,
  context: SurveyContext,
): Promise<SurveyedModel> {
  const id = path.relative(manifest.folder, file).split(path.sep).join('/');
  const files = shardPaths(file);
  try {
    await using model = await openModel(file, context.signal);
    return { id, files, ...(await surveyOpened(model, entry, manifest, context)) };
  } catch (error) {
    const bytes = (await stat(file).catch(() => undefined))?.size ?? 0;
    return { id, files, bytes, identity: '', largestTensor: 0, outputs: [], problem: problemOf(error) };
  }
}

async function surveyOpened(
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
  const base: OutputContext = { ...context, folder, settings, entry, imatrix };
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

/** Two outputs at one place, also where only the case differs: file systems of other machines may not tell them apart. */
function refuseTwice(models: readonly SurveyedModel[]): void {
  const owners = new Map<string, string>();
  for (const { id, imatrix, outputs } of models) {
    const made = outputs
      .filter(({ problem }) => problem === undefined)
      .map(({ path: out, wanted }) => [out, wanted.label]);
    if (imatrix?.kind === 'make') made.push([imatrix.path, 'imatrix']);
    for (const [out = '', label = ''] of made) {
      const owner = `${label} of ${id}`;
      const other = owners.get(out.toLowerCase());
      owners.set(out.toLowerCase(), owner);
      if (other === undefined) continue;
      const problem = `${other} and ${owner} would both be written to ${out}: give them other names`;
      throw new GgufError('bad-option', problem, { problems: [problem] });
    }
  }
}

/** A model that is repaired in place is another one afterwards: nothing else can be made of it meanwhile. */
function refuseMoving(models: readonly SurveyedModel[]): void {
  const byFile = new Map<string, SurveyedOutput[]>();
  for (const { files, outputs } of models) byFile.set(files[0], [...(byFile.get(files[0]) ?? []), ...outputs]);
  for (const [file, outputs] of byFile) {
    if (outputs.length === 1 || !outputs.some(isInPlace)) continue;
    const labels = outputs.map(({ wanted }) => wanted.label).join(', ');
    const problem = `${file} is to be fixed in place and is used for other outputs (${labels}): do one after the other, with two manifests`;
    throw new GgufError('bad-option', problem, { problems: [problem] });
  }
}

function isInPlace({ wanted: { making } }: SurveyedOutput): boolean {
  return making.kind === 'fix' && making.inPlace;
}
