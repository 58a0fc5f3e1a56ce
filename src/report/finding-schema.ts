import { z } from 'zod';
import { placeSchema } from './schemas.js';

/** How much a finding weighs. */
export const severitySchema = z.enum(['error', 'warning', 'info']);

/** A finding as documents hold it. */
export const findingSchema = z.strictObject({
  rule: z.string().describe('Id of the rule; ggufix explain describes it.'),
  severity: severitySchema,
  message: z.string(),
  place: placeSchema,
  affects: z.array(z.string()).describe('Runtimes that it may hurt, as semver ranges; none means all readers.'),
  unaffectedTargets: z.array(z.string()).describe('The targets of the run, where it affects none of them.').optional(),
  fix: z
    .strictObject({
      safety: z.enum(['safe', 'unsafe', 'manual']).describe('fix applies safe ones, with --unsafe also unsafe ones.'),
      title: z.string(),
    })
    .optional(),
});
