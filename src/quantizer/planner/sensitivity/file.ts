import { z } from 'zod';
import { parseYamlAs } from '../../../config/parse-yaml.js';
import { strict } from '../../../config/schema-parts.js';
import { MAX_RECIPE_BYTES } from '../../../limits.js';
import { readText } from '../../../sources/text.js';
import { TENSOR_CLASSES } from '../../recipes/tensor-class.js';

const amount = z.number().nonnegative();

const sensitivitySchema = strict({
  description: z.string().optional(),
  classes: z
    .partialRecord(z.enum(TENSOR_CLASSES), amount)
    .describe('Multiplies what is expected, or was measured, of a class of tensors.')
    .default({}),
  tensors: z
    .record(z.string(), amount)
    .describe('Sensitivity of single tensors: mean KL divergence in nats for a unit of relative squared error.')
    .default({}),
});

/** What a user says of the sensitivity of a model. */
export type SensitivityFile = z.output<typeof sensitivitySchema>;

/** Reads a sensitivity file, YAML or JSON. Throws `bad-option` with every problem, `source-unreadable`. */
export async function readSensitivityFile(file: string): Promise<SensitivityFile> {
  return parseYamlAs(sensitivitySchema, await readText(file, MAX_RECIPE_BYTES), file);
}
