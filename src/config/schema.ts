import { z } from 'zod';
import { RULES } from '../checks/index.js';
import { LEVELS } from '../checks/levels.js';
import { PROFILE_NAMES } from '../checks/profiles.js';
import { TENSOR_TYPES } from '../gguf/tensor-types.js';
import { oneOf, sizeSchema, strict, targetSchema } from './schema-parts.js';

const AREAS = [...new Set(RULES.map(({ id }) => id.slice(0, id.indexOf('/'))))];

/** What a rule may be called in a config: its id, its area, or all of an area. */
const RULE_NAMES = [...RULES.map(({ id }) => id), ...AREAS, ...AREAS.map((area) => `${area}/*`)];

const text = z.string().min(1);
const ruleName = oneOf('rule or area', RULE_NAMES);

const rulesSchema = z
  .record(ruleName, z.enum(LEVELS))
  .describe('Severity by rule id or area: off, info, warning or error. An id counts more than its area.');

const targetsSchema = z
  .array(targetSchema)
  .describe('Runtimes that must run the files: ollama@0.9.6, llama.cpp@b5000, or a name alone for the newest.');

const profileSchema = z.enum(PROFILE_NAMES).describe('What is looked at: quick, default or upload.');

const policySchema = strict({
  types: z
    .array(oneOf('tensor type', Object.keys(TENSOR_TYPES)))
    .min(1)
    .describe('The only tensor types that may occur.')
    .optional(),
  keys: z.array(text).describe('Keys that must be there; * and ? are wildcards.').optional(),
  provenance: z.array(text).describe('Keys that must be there and say something; * and ? are wildcards.').optional(),
  maxBytes: sizeSchema.describe('Largest size of one file: bytes, or a size such as 50 GB.').optional(),
}).describe('What a publisher demands of files. Violations are findings of the rules policy/*.');

const ignoreSchema = strict({
  rule: ruleName.describe('Rule id or area.'),
  files: text.describe('Only in files that match this glob, seen from the folder of the config.').optional(),
  name: text.describe('Only where the key or tensor matches; * and ? are wildcards.').optional(),
  reason: z
    .string({ error: 'an ignore needs a reason' })
    .refine((reason) => reason.trim() !== '', { error: 'an ignore needs a reason that says something' })
    .describe('Why the finding may be ignored. Required.'),
});

const overrideSchema = strict({
  files: text.describe('Glob of the files that this is for, seen from the folder of the config.'),
  rules: rulesSchema.optional(),
  targets: targetsSchema.optional(),
  profile: profileSchema.optional(),
  policy: policySchema.optional(),
});

/** The config file. */
export const configSchema = strict({
  profile: profileSchema.optional(),
  targets: targetsSchema.optional(),
  rules: rulesSchema.optional(),
  ignore: z.array(ignoreSchema).optional(),
  overrides: z.array(overrideSchema).describe('Settings for some files; the last that matches counts.').optional(),
  policy: policySchema.optional(),
});

/** What a config file says. */
export type ConfigFile = z.output<typeof configSchema>;

/** The JSON Schema of the config file, for editors. */
export function configJsonSchema(): object {
  return { title: 'ggufix.config.yaml', ...z.toJSONSchema(configSchema, { io: 'input' }) };
}
