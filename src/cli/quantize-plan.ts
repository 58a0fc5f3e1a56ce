import {
  type DecideContext,
  type DecideRequest,
  decideQuantization,
  type Quantization,
} from '../quantizer/quantize/decide.js';
import type { Model } from '../quantizer/quantize/open-model.js';
import type { OutputPlan } from '../quantizer/quantize/output-files.js';
import { hasSidecar } from '../quantizer/quantize/sidecar-text.js';
import { startProgress } from './progress.js';
import type { QuantizeFlags } from './quantize-flags.js';
import type { Terminal } from './terminal.js';
import { packageVersion } from './version.js';

/** Decides what the flags ask for, with progress where it takes long. */
export async function decide(terminal: Terminal, model: Model, flags: QuantizeFlags): Promise<Quantization> {
  const request: DecideRequest = { ...flags, version: packageVersion() };
  const context: DecideContext = {
    signal: terminal.signal,
    startWork: (work) => startProgress(terminal, flags, work),
  };
  return await decideQuantization(model, request, context);
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
