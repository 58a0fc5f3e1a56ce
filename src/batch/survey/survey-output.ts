import { planChange } from '../../edit/change-file.js';
import type { Edit } from '../../edit/edits.js';
import { GgufError } from '../../errors.js';
import { chooseTypes, type TypesFrom, withPins } from '../../quantizer/quantize/choose-types.js';
import type { Model } from '../../quantizer/quantize/open-model.js';
import { prepare } from '../../quantizer/quantize/prepare.js';
import { recipeHash } from '../../quantizer/quantize/provenance.js';
import { refuseQuantized, refuseQuantizedModel } from '../../quantizer/quantize/refuse-source.js';
import { refuseMissingImatrix, useImatrix } from '../../quantizer/quantize/use-imatrix.js';
import { planRepair } from '../../repair/plan.js';
import { planRequantization } from '../../repair/requantize.js';
import type { Layout } from '../layout.js';
import type { Manifest, ManifestModel, ManifestOutput } from '../manifest/manifest.js';
import { expandName, nameFields } from '../manifest/name.js';
import { outputPath, refuseLinksOut } from '../manifest/output-path.js';
import { filesThere } from './files-there.js';
import { hashOf } from './hash.js';
import { problemOf } from './problem.js';
import { setEdits } from './set-edits.js';
import type { SurveyedImatrix, SurveyedOutput } from './surveyed.js';
import { wantedTypes } from './wanted-types.js';

/** What an output depends on besides its model. */
export interface OutputContext {
  /** Of the model. */
  readonly id: string;
  readonly layout: Layout;
  /** Of the manifest. */
  readonly folder: string;
  readonly settings: Manifest;
  readonly entry: ManifestModel;
  readonly imatrix: SurveyedImatrix | undefined;
  readonly version: string;
  readonly isExact: boolean;
  readonly signal: AbortSignal;
}

/** Looks at one output of a model: what it is called, what it comes to, how large it gets, and what is at its place. */
export async function surveyOutput(
  model: Model,
  wanted: ManifestOutput,
  context: OutputContext,
): Promise<SurveyedOutput> {
  const { settings, entry, layout } = context;
  const set = { ...settings.set, ...entry.set, ...wanted.set };
  let out = '';
  try {
    out = await placeOf(model, wanted, context);
    const there = await filesThere(layout.root, out);
    const found = await predict(model, wanted, setEdits(model.header, set), context);
    return { wanted, set, path: out, ...found, there };
  } catch (error) {
    const problem = problemOf(error);
    const place = out === '' ? { path: `${context.id}: ${wanted.label}`, isNameless: true } : { path: out };
    return { wanted, set, ...place, isExact: false, weights: '', there: [], notes: [], problem };
  }
}

async function placeOf(model: Model, wanted: ManifestOutput, context: OutputContext): Promise<string> {
  const { source } = model.files[0];
  const { making, label } = wanted;
  if (making.kind === 'fix' && making.inPlace) return source.path;
  const template = wanted.name ?? context.settings.name;
  const name = expandName(
    template,
    nameFields(model.header, source.path, { model: context.entry.name, label, making }),
  );
  await refuseLinksOut(context.layout.root, outputPath(context.layout.root, name));
  return name;
}

/** What a prediction comes to. */
type Prediction = Pick<SurveyedOutput, 'bytes' | 'isExact' | 'weights' | 'notes'>;

async function predict(
  model: Model,
  wanted: ManifestOutput,
  edits: readonly Edit[],
  context: OutputContext,
): Promise<Prediction> {
  const { making } = wanted;
  switch (making.kind) {
    case 'fix':
    case 'requantize':
      return predictChange(model, wanted, edits, context);
    case 'size':
    case 'bpw':
      return predictPlanned(model, wanted);
    default:
      return await predictQuant(model, wantedTypes(making, context.folder), wanted, edits, context);
  }
}

/** A copy with changes. Rules that need more than the header may find more to repair, so only a clean file's size is certain. */
function predictChange(
  { files, header }: Model,
  { making, tensors }: ManifestOutput,
  edits: readonly Edit[],
  { isExact }: OutputContext,
): Prediction {
  const isInPlace = making.kind === 'fix' && making.inPlace;
  if (files.length > 1 && !isInPlace) {
    const what = 'changing a split model into a copy';
    throw new GgufError('unavailable', `${what} is not supported: merge it first (llama-gguf-split --merge)`, { what });
  }
  const all = making.kind === 'requantize' ? [...planRequantization(header, tensors).edits, ...edits] : edits;
  const weights = hashOf(making, tensors);
  const bytes = files.reduce((sum, { source }) => sum + source.size, 0);
  if (!isExact || isInPlace) return { bytes, isExact: false, weights, notes: [] };
  const repair = planRepair(header, { allow: making.kind === 'fix' ? making.allow : 'safe' });
  // What is repaired after the copy was made may leave room in the header.
  const isLastWrite = making.kind === 'fix' ? edits.length === 0 : repair.edits.length === 0;
  const { plan } = planChange(header, [...all, ...repair.edits], {
    out: 'x',
    force: false,
    strategy: 'auto',
    keepUndo: false,
  });
  return { bytes: plan.newSize, isExact: isLastWrite, weights, notes: [] };
}

/** Types that are still to be measured. */
function predictPlanned(model: Model, { making, tensors, allowRequantize }: ManifestOutput): Prediction {
  if (!allowRequantize) refuseQuantizedModel(model);
  const bytes = making.kind === 'size' ? { bytes: making.bytes } : {};
  return { ...bytes, isExact: false, weights: hashOf(making, tensors), notes: [] };
}

async function predictQuant(
  model: Model,
  from: TypesFrom,
  { tensors, allowRequantize, imatrix: isWithImatrix }: ManifestOutput,
  edits: readonly Edit[],
  context: OutputContext,
): Promise<Prediction> {
  const { version, signal } = context;
  const imatrix = isWithImatrix ? context.imatrix : undefined;
  const chosen = await chooseTypes(from, model.header, { imatrix: imatrix !== undefined, signal });
  const { recipe, notes } = withPins(chosen, tensors);
  if (!allowRequantize) refuseQuantized(recipe);
  if (imatrix === undefined) refuseMissingImatrix(recipe);
  const use = imatrix?.kind === 'file' ? await useImatrix(imatrix.file, model.header, recipe, signal) : undefined;
  const { bytes } = prepare(model, recipe, { version, imatrix: use, edits });
  return {
    bytes,
    // The keys that llama-quantize notes of an imatrix are known when that is made.
    isExact: imatrix?.kind !== 'make',
    weights: recipeHash(recipe),
    notes: [...notes, ...(use?.notes ?? [])],
  };
}
