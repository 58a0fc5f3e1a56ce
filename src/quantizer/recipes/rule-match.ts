import { matchesWildcard } from '../../checks/wildcard.js';
import { isAt } from './layer-position.js';
import type { ModelShape } from './model-shape.js';
import type { CONDITIONS, RecipeRule } from './schema.js';
import type { TensorRole } from './tensor-class.js';

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
export function isForTensor(rule: RecipeRule, name: string, role: TensorRole, shape: ModelShape): boolean {
  const { tensors, pattern, layers } = rule;
  if (tensors !== undefined && !tensors.includes(role.class)) return false;
  if (layers !== undefined && (role.layer === undefined || !isAt(layers, role.layer, shape))) return false;
  return pattern === undefined || matchesWildcard(pattern, name);
}

/** What a rule is about, for messages: `rule 3 (attn_k, attn_v in kv-shared)`. */
export function ruleTitle({ tensors, pattern, layers }: RecipeRule, index: number): string {
  const places = layers?.map((position) => (typeof position === 'object' ? JSON.stringify(position) : `${position}`));
  const where = places === undefined ? '' : ` in ${places.join(', ')}`;
  return `rule ${index + 1} (${tensors?.join(', ') ?? pattern}${where})`;
}
