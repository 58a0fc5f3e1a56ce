import { matchesWildcard } from '../../checks/wildcard.js';
import type { TensorInfo } from '../../gguf/model.js';
import { isAt } from './layer-position.js';
import type { ModelShape } from './model-shape.js';
import type { CONDITIONS, RecipeRule } from './schema.js';
import type { TensorRole } from './tensor-class.js';

/** A tensor and what its name says of it. */
export interface NamedTensor {
  readonly tensor: TensorInfo;
  readonly name: string;
  readonly role: TensorRole;
}

/** Whether a rule is for models of this shape at all. */
export function isForModel({ when = [] }: RecipeRule, shape: ModelShape): boolean {
  return when.every((condition) => HOLDS[condition](shape));
}

const HOLDS: Readonly<Record<(typeof CONDITIONS)[number], (shape: ModelShape) => boolean>> = {
  tied: ({ isTied }) => isTied,
  untied: ({ isTied }) => !isTied,
  experts: ({ experts }) => experts > 0,
  dense: ({ experts }) => experts === 0,
};

/** Whether a rule is for this tensor of a model that it is for. A rule for some layers is for no tensor without one. */
export function isForTensor(
  { tensors, pattern, layers }: RecipeRule,
  { name, role }: NamedTensor,
  shape: ModelShape,
): boolean {
  if (tensors !== undefined && !tensors.includes(role.class)) return false;
  if (layers !== undefined && (role.layer === undefined || !isAt(layers, role.layer, shape))) return false;
  return pattern === undefined || matchesWildcard(pattern, name);
}
