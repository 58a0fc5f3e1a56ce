import type { Rule } from './check.js';
import { COMPANION_RULES } from './companion/index.js';
import { CONTAINER_RULES } from './container/index.js';
import { ENGINE_RULES } from './engine/index.js';
import { GEMMA3N_RULES } from './gemma3n/index.js';
import { INTERNAL_RULES } from './internal/index.js';
import { METADATA_RULES } from './metadata/index.js';
import { NAMING_RULES } from './naming/index.js';
import { POLICY_RULES } from './policy/index.js';
import { SHARD_RULES } from './shard/index.js';
import { TEMPLATE_RULES } from './template/index.js';
import { TENSOR_RULES } from './tensor/index.js';
import { TOKENIZER_RULES } from './tokenizer/index.js';
import { UPLOAD_RULES } from './upload/index.js';

/** Every rule, sorted by id. */
export const RULES: readonly Rule[] = [
  ...COMPANION_RULES,
  ...CONTAINER_RULES,
  ...ENGINE_RULES,
  ...GEMMA3N_RULES,
  ...INTERNAL_RULES,
  ...METADATA_RULES,
  ...NAMING_RULES,
  ...POLICY_RULES,
  ...SHARD_RULES,
  ...TEMPLATE_RULES,
  ...TENSOR_RULES,
  ...TOKENIZER_RULES,
  ...UPLOAD_RULES,
];

/** The rule with this id. */
export function findRule(id: string): Rule | undefined {
  return RULES.find((rule) => rule.id === id);
}
