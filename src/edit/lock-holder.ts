import { z } from 'zod';

/** Who holds a lock. `started` tells a process from a later one with the same pid. */
export const holderSchema = z.strictObject({ pid: z.int(), host: z.string(), started: z.string() });

/** What a lock file says. */
export type Holder = z.output<typeof holderSchema>;
