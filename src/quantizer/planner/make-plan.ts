import { type Header, weightCount } from '../../gguf/model.js';
import { predictSize } from '../recipes/predict.js';
import { roomFor } from './budget.js';
import { baseFileType, planRecipe, reason } from './describe-plan.js';
import type { TensorErrors } from './errors/measure-errors.js';
import type { PlannedCandidates } from './gather-errors.js';
import type { Sensitivities } from './gather-sensitivities.js';
import type { PlanOptions } from './options.js';
import type { PlannedTensor, QuantizationPlan } from './plan.js';
import { planItems, storedBytes } from './plan-items.js';
import { solve } from './solver/solve.js';

/** What was found out about a model. */
export interface Findings {
  readonly candidates: readonly PlannedCandidates[];
  readonly errors: ReadonlyMap<string, TensorErrors>;
  readonly sensitivities: Sensitivities;
  readonly hasImatrix: boolean;
}

/** Solves and describes a plan. Pure. Throws `bad-option` for a budget that cannot be met. */
export function makePlan(
  header: Header,
  { candidates, errors, sensitivities, hasImatrix }: Findings,
  { budget, keys = [], ties = [], name = 'plan', seed }: PlanOptions & { readonly seed: number },
): QuantizationPlan {
  const items = planItems(candidates, ties, (tensor, type) => {
    const error = errors.get(tensor.name)?.get(type);
    return error === undefined || !Number.isFinite(error) ? undefined : error * sensitivities.of(tensor.name);
  });
  const room = roomFor(budget, header, items, keys);
  const solution = solve(items, room.itemBytes);
  if (solution === undefined) throw new Error('a budget with room for the smallest choice has a solution');

  const types = new Map(
    items.flatMap((item, index) => item.tensors.map((tensor) => [tensor.name, solution.offers[index]?.type] as const)),
  );
  const tensors = candidates.map(({ tensor }): PlannedTensor => {
    const type = types.get(tensor.name) ?? 'F32';
    return {
      ...{ name: tensor.name, type, weights: Number(weightCount(tensor)) },
      bytes: storedBytes(tensor, type),
      error: errors.get(tensor.name)?.get(type) ?? 0,
      sensitivity: sensitivities.of(tensor.name),
    };
  });
  const choices = candidates.flatMap(({ tensor }, index) => {
    const planned = tensors[index];
    return planned === undefined ? [] : [{ tensor, type: planned.type, why: reason(planned) }];
  });
  const resolution = { name, fileType: baseFileType(tensors), choices };
  const result = {
    ...{ resolution, tensors, budgetBytes: room.fileBytes, divergence: solution.cost },
    size: predictSize(header, resolution, { keys }),
    sensitivity: sensitivities.from,
    warnings: sensitivities.warnings,
  };
  return { ...result, recipe: planRecipe(name, result, { seed, imatrix: hasImatrix }) };
}
