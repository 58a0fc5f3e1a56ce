import { bitsPerWeight, blockWeights, type TensorTypeName } from '../../gguf/tensor-types.js';
import { type BaseType, parseBaseType } from '../recipes/base-types.js';
import type { PlanNote } from '../recipes/plan-note.js';
import type { Recipe } from '../recipes/schema.js';
import { ggmlTypeName } from '../recipes/target-types.js';
import type { PlannedTensor, QuantizationPlan } from './plan.js';

/** Tensors that a plan names at each end. */
const NAMED = 10;

/** The plan as a recipe: a pin with its reason for each tensor, and what it comes to. */
export function planRecipe(
  name: string,
  plan: Pick<QuantizationPlan, 'tensors' | 'size' | 'budgetBytes' | 'divergence' | 'sensitivity'>,
  { seed, imatrix }: { readonly seed: number; readonly imatrix: boolean },
): Recipe {
  const { tensors, size, budgetBytes, divergence, sensitivity } = plan;
  const { most, least } = extremes(tensors);
  const note: PlanNote = {
    ...{ fileBytes: size.fileBytes, budgetBytes, bpw: size.bpw, divergence, sensitivity, seed, imatrix },
    most: most.map(noted),
    least: least.map(noted),
  };
  return {
    name,
    description: `Planned for at most ${budgetBytes} bytes. For the one model that it was measured on.`,
    fileType: baseFileType(tensors),
    rules: [],
    pins: Object.fromEntries(tensors.map((tensor) => [tensor.name, { type: tensor.type, why: reason(tensor) }])),
    ties: [],
    plan: note,
  };
}

/** The tensors with the most and with the fewest bits a weight; of equals those that matter most, or least. */
export function extremes(tensors: readonly PlannedTensor[]): { most: PlannedTensor[]; least: PlannedTensor[] } {
  const sorted = [...tensors].sort(
    (a, b) => bitsPerWeight(b.type) - bitsPerWeight(a.type) || worth(b) - worth(a) || (a.name < b.name ? -1 : 1),
  );
  return { most: sorted.slice(0, NAMED), least: sorted.slice(-NAMED).reverse() };
}

function worth({ sensitivity, weights }: PlannedTensor): number {
  return sensitivity / weights;
}

/** Why a tensor gets its type, with the two numbers that decide. */
export function reason({ sensitivity, error }: PlannedTensor): string {
  return `sensitivity ${shortNumber(sensitivity)} × error ${shortNumber(error)} = ${shortNumber(sensitivity * error)}`;
}

function shortNumber(value: number): string {
  return value === 0
    ? '0'
    : value >= 0.001 && value < 1000
      ? String(Number(value.toPrecision(3)))
      : value.toExponential(2);
}

function noted({ name, type }: PlannedTensor): PlanNote['most'][number] {
  return { tensor: name, type: ggmlTypeName(type), bits: bitsPerWeight(type) };
}

/** The file type named after what most quantized weights have. It is a label: every tensor has its own type. */
export function baseFileType(tensors: readonly PlannedTensor[]): BaseType {
  const weights = new Map<TensorTypeName, number>();
  for (const { type, weights: count } of tensors) {
    if (blockWeights(type) > 1) weights.set(type, (weights.get(type) ?? 0) + count);
  }
  const [type] = [...weights].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0] ?? ['Q8_0'];
  return parseBaseType(type === 'MXFP4' ? 'MXFP4_MOE' : type) ?? 'Q8_0';
}
