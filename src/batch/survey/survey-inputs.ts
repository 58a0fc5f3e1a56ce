import { stat } from 'node:fs/promises';
import path from 'node:path';
import { DEFAULT_CONTEXT_SIZE } from '../../quantizer/evaluate/base-logits.js';
import { logitsBytes } from '../../quantizer/evaluate/logits-size.js';
import { vocabularySizeOf } from '../../quantizer/evaluate/model-size.js';
import type { Model } from '../../quantizer/quantize/open-model.js';
import type { ManifestModel } from '../manifest/manifest.js';
import { nameStem } from '../manifest/name-stem.js';
import type { ReadManifest } from '../manifest/read.js';
import { safeName } from '../manifest/safe-name.js';
import { contentIdentity } from './identity.js';
import type { SurveyedImatrix, SurveyedModel, SurveyedText } from './surveyed.js';

/** The importance values of a model: those that the manifest names, or where they will be. */
export async function surveyImatrix(
  { files }: Pick<Model, 'files'>,
  entry: ManifestModel,
  { folder, settings }: ReadManifest,
  signal: AbortSignal,
): Promise<SurveyedImatrix | undefined> {
  const wanted = entry.imatrix ?? settings.imatrix;
  if (wanted === undefined || wanted === false) return undefined;
  if ('file' in wanted) {
    const file = path.resolve(folder, wanted.file);
    return { kind: 'file', file, identity: await contentIdentity(file, signal) };
  }
  const stem = entry.name ?? nameStem(files[0].source.path).model;
  return { kind: 'make', ...(await surveyText(wanted, folder, signal)), path: `${safeName(stem)}.imatrix.gguf` };
}

/** The text that outputs of a model are measured on. */
export async function surveyEvaluation(
  { header }: Pick<Model, 'header'>,
  entry: ManifestModel,
  { folder, settings }: ReadManifest,
  signal: AbortSignal,
): Promise<SurveyedModel['evaluation']> {
  const wanted = entry.evaluate ?? settings.evaluate;
  if (wanted === undefined || wanted === false) return undefined;
  const text = await surveyText(wanted, folder, signal);
  const { size } = await stat(text.text);
  // A token of most vocabularies is more than two bytes long.
  const most = Math.ceil(size / 2 / DEFAULT_CONTEXT_SIZE);
  const chunks = Math.min(text.chunks ?? most, most);
  const shape = { contextSize: DEFAULT_CONTEXT_SIZE, vocabularySize: vocabularySizeOf(header) ?? 0, chunks };
  return { ...text, scoresBytes: logitsBytes(shape) };
}

async function surveyText(
  { text, chunks }: { readonly text: string; readonly chunks?: number },
  folder: string,
  signal: AbortSignal,
): Promise<SurveyedText> {
  const file = path.resolve(folder, text);
  return { text: file, identity: await contentIdentity(file, signal), ...(chunks === undefined ? {} : { chunks }) };
}
