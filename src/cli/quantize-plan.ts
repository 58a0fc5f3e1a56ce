import type { QuantizationPlan } from '../quantizer/planner/plan.js';
import { type ChosenTypes, chooseTypes, withPins } from '../quantizer/quantize/choose-types.js';
import type { Model } from '../quantizer/quantize/open-model.js';
import type { OutputPlan } from '../quantizer/quantize/output-files.js';
import { type Preparation, prepare } from '../quantizer/quantize/prepare.js';
import { refuseQuantized, refuseQuantizedModel } from '../quantizer/quantize/refuse-source.js';
import { hasSidecar } from '../quantizer/quantize/sidecar-text.js';
import { type ImatrixUse, refuseMissingImatrix, useImatrix } from '../quantizer/quantize/use-imatrix.js';
import type { QuantizeFlags } from './quantize-flags.js';
import type { Terminal } from './terminal.js';
import { packageVersion } from './version.js';

/** All that is decided of a quantization before the engine runs. */
export interface Quantization extends ChosenTypes {
  /** What the planner found, where a size was asked for. */
  readonly planned?: QuantizationPlan;
  readonly imatrix: ImatrixUse | undefined;
  readonly preparation: Preparation;
}

/** Decides them: types from where the flags say, with pins, held against the importance matrix. Rejects with what does not fit. */
export async function decideQuantization(
  terminal: Terminal,
  model: Model,
  flags: QuantizeFlags,
): Promise<Quantization> {
  const { header } = model;
  const { signal } = terminal;
  const chosen = await choose(terminal, model, flags);
  const { recipe, notes } = withPins(chosen, flags.pins);
  if (flags.imatrix === undefined) refuseMissingImatrix(recipe);
  const imatrix = flags.imatrix === undefined ? undefined : await useImatrix(flags.imatrix, header, recipe, signal);
  if (!flags.allowRequantize) refuseQuantized(recipe);
  const preparation = prepare(model, recipe, { version: packageVersion(), imatrix, keepSplit: flags.keepSplit });
  return { ...chosen, recipe, notes: [...notes, ...(imatrix?.notes ?? [])], imatrix, preparation };
}

async function choose(
  terminal: Terminal,
  model: Model,
  flags: QuantizeFlags,
): Promise<ChosenTypes & { readonly planned?: QuantizationPlan }> {
  const { from } = flags;
  if (from.kind === 'size' || from.kind === 'bpw') {
    if (!flags.allowRequantize) refuseQuantizedModel(model);
    const budget = from.kind === 'size' ? { fileBytes: from.bytes } : { bpw: from.bpw };
    // The planner opens ggml and has children of its own: only who asks for a plan pays for it.
    const { planTypes } = await import('./plan-types.js');
    const planned = await planTypes(terminal, model, budget, flags);
    return { recipe: planned.resolution, notes: planned.warnings, planned };
  }
  return await chooseTypes(from, model.header, {
    imatrix: flags.imatrix !== undefined,
    signal: terminal.signal,
  });
}

/** What becomes of a result's files, as far as the flags say. */
export function outputPlan(model: Model, out: string, flags: QuantizeFlags): OutputPlan {
  const { keepSplit, force, imatrix, from } = flags;
  const inputs = [...model.files.map(({ source }) => source.path), ...(imatrix === undefined ? [] : [imatrix])];
  const shards = keepSplit ? model.files.length : 1;
  const sidecar = flags.sidecar && (from.kind !== 'type' || hasSidecar(from.name));
  return { out, shards, sidecar, force, inputs: [...inputs, ...inputsOf(flags)] };
}

/** Files besides model and importance matrix that a result is made by, and that it must not replace. */
export function inputsOf({ from, text, planning }: QuantizeFlags): readonly string[] {
  const file = from.kind === 'like' ? from.source : from.kind === 'recipe' ? from.name : undefined;
  return [file, text, planning.text, planning.sensitivityFile].filter((each) => each !== undefined);
}
