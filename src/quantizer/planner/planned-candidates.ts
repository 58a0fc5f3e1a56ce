import { GgufError } from '../../errors.js';
import type { Header, TensorInfo } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { blockWeights, type TensorTypeName } from '../../gguf/tensor-types.js';
import { modelShape } from '../recipes/model-shape.js';
import { isQuantizable } from '../recipes/quantizable.js';
import { fittingType } from '../recipes/shape-fallback.js';
import { candidateTypes, PLANNED_TYPES } from './candidates.js';
import type { PlannedCandidates } from './gather-errors.js';
import type { OpenImatrix } from './importance.js';
import type { PlanOptions } from './options.js';

/**
 * The types that each quantizable tensor may get: its pin alone, or all that suit it. Throws `bad-option` for a pin that the
 * model or llama-quantize has no use for.
 */
export function plannedCandidates(
  header: Header,
  imatrix: OpenImatrix | undefined,
  { pins = {}, types = PLANNED_TYPES }: Pick<PlanOptions, 'pins' | 'types'>,
): PlannedCandidates[] {
  const tensors = header.tensors.filter(isQuantizable);
  refusePins(pins, tensors);
  const { architecture } = modelShape(header);
  return tensors.map((tensor) => {
    const pin = Object.hasOwn(pins, tensor.name) ? pins[tensor.name] : undefined;
    if (pin !== undefined) return { tensor, types: [pin] };
    const context = { architecture, types, hasImportance: imatrix?.has(tensor) ?? false };
    return { tensor, types: withFallback(tensor, candidateTypes(tensor, context)) };
  });
}

/** Rows that no block divides: what llama-quantize would make of them. */
function withFallback(tensor: TensorInfo, types: readonly TensorTypeName[]): readonly TensorTypeName[] {
  const { type: present } = tensor;
  if (types.length > 0 || present === undefined) return types;
  return [blockWeights(present) === 1 ? fittingType('Q8_0', tensor.dims[0] ?? 1n) : present];
}

function refusePins(pins: Readonly<Record<string, TensorTypeName>>, tensors: readonly TensorInfo[]): void {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const problems = Object.entries(pins).flatMap(([name, type]) => {
    const tensor = byName.get(name);
    if (tensor === undefined) return [`pin ${quoted(name)}: no tensor of this name is quantized`];
    const row = tensor.dims[0] ?? 1n;
    return row % BigInt(blockWeights(type)) === 0n
      ? []
      : [`pin ${quoted(name)}: its rows of ${row} are no multiple of ${type}'s ${blockWeights(type)}`];
  });
  if (problems.length > 0) throw new GgufError('bad-option', problems.join('\n'), { problems });
}
