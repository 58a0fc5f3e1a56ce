import { z } from 'zod';
import { strict } from '../../config/schema-parts.js';

const notedTensor = strict({ tensor: z.string(), type: z.string(), bits: z.number().describe('Bits a weight.') });

/** What a plan says of itself in its recipe. */
export const planNoteSchema = strict({
  fileBytes: z.int().nonnegative().describe('The size of the file that it was made for, to the byte.'),
  budgetBytes: z.int().nonnegative(),
  bpw: z.number().describe('Bits a weight over all tensors.'),
  divergence: z
    .number()
    .describe(
      'Sum over the tensors of sensitivity × error: where sensitivity was measured, the mean KL divergence to expect.',
    ),
  sensitivity: z.enum(['expected', 'measured']).describe('Where the sensitivity of the tensors is from.'),
  seed: z.int(),
  imatrix: z.boolean().describe('Whether errors were weighted with an importance matrix.'),
  most: z.array(notedTensor).describe('The tensors that got most bits for a weight.'),
  least: z.array(notedTensor).describe('Those that got fewest.'),
}).describe('How the planner came to this recipe.');

/** What a plan says of itself. */
export type PlanNote = z.output<typeof planNoteSchema>;
