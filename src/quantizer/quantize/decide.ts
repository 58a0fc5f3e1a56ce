import type { Edit } from '../../edit/edits.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import type { PlanOptions } from '../planner/options.js';
import type { QuantizationPlan } from '../planner/plan.js';
import { type ChosenTypes, chooseTypes, type TypesFrom, withPins } from './choose-types.js';
import type { Model } from './open-model.js';
import { type Preparation, prepare } from './prepare.js';
import type { StartWork } from './progress.js';
import { refuseQuantized, refuseQuantizedModel } from './refuse-source.js';
import { type ImatrixUse, refuseMissingImatrix, useImatrix } from './use-imatrix.js';

/** A type for tensors whose names match, whatever the recipe says. */
export interface TensorPin {
  readonly pattern: string;
  readonly type: TensorTypeName;
}

/** Where types come from: a name or file of them, or a plan for a size. */
export type WantedQuant =
  | TypesFrom
  | { readonly kind: 'size'; readonly bytes: number }
  | { readonly kind: 'bpw'; readonly bpw: number };

/** Which quant is wanted of a model. */
export interface DecideRequest {
  readonly from: WantedQuant;
  readonly pins: readonly TensorPin[];
  /** Path of the importance matrix. */
  readonly imatrix: string | undefined;
  readonly allowRequantize: boolean;
  readonly keepSplit: boolean;
  /** How a plan for a size is made. */
  readonly planning: Pick<PlanOptions, 'sensitivity' | 'sensitivityFile' | 'text' | 'seed' | 'cacheFolder'>;
  readonly threads: number | undefined;
  /** Of ggufix. */
  readonly version: string;
  /** Changes of the result's metadata. */
  readonly edits?: readonly Edit[];
}

/** How the deciding, which takes long for a size only, reports and stops. */
export interface DecideContext {
  readonly signal?: AbortSignal | undefined;
  readonly startWork?: StartWork | undefined;
}

/** All that is decided of a quantization before the engine runs. */
export interface Quantization extends ChosenTypes {
  /** What the planner found, where a size was asked for. */
  readonly planned?: QuantizationPlan;
  readonly imatrix: ImatrixUse | undefined;
  readonly preparation: Preparation;
}

/** Decides it: types, with pins, held against the importance matrix. Rejects with what does not fit. */
export async function decideQuantization(
  model: Model,
  request: DecideRequest,
  context: DecideContext,
): Promise<Quantization> {
  const { header } = model;
  const { allowRequantize, keepSplit, version, edits = [] } = request;
  const chosen = await choose(model, request, context);
  const { recipe, notes } = withPins(chosen, request.pins);
  if (request.imatrix === undefined) refuseMissingImatrix(recipe);
  const imatrix =
    request.imatrix === undefined ? undefined : await useImatrix(request.imatrix, header, recipe, context.signal);
  if (!allowRequantize) refuseQuantized(recipe);
  const preparation = prepare(model, recipe, { version, imatrix, keepSplit, edits });
  return { ...chosen, recipe, notes: [...notes, ...(imatrix?.notes ?? [])], imatrix, preparation };
}

async function choose(
  model: Model,
  request: DecideRequest,
  context: DecideContext,
): Promise<ChosenTypes & { readonly planned?: QuantizationPlan }> {
  const { from } = request;
  if (from.kind === 'size' || from.kind === 'bpw') {
    if (!request.allowRequantize) refuseQuantizedModel(model);
    const budget = from.kind === 'size' ? { fileBytes: from.bytes } : { bpw: from.bpw };
    // The planner opens ggml and has children of its own: only who asks for a plan pays for it.
    const { planTypes } = await import('./plan-types.js');
    const planned = await planTypes(model, budget, request, context);
    return { recipe: planned.resolution, notes: planned.warnings, planned };
  }
  return await chooseTypes(from, model.header, { imatrix: request.imatrix !== undefined, signal: context.signal });
}
