import { defineRule } from '../check.js';

/** A rule that was stopped, and after how many findings. */
export interface TooManyFindings {
  readonly rule: string;
  readonly limit: number;
}

/** Found by the engine itself, never by `find`: another rule has more to say than anybody reads. */
export const tooManyFindings = defineRule<TooManyFindings>({
  id: 'internal/too-many-findings',
  severity: 'info',
  needs: 'header',
  affects: [],
  docs: {
    summary: 'No rule reports more than 1000 findings of one file.',
    why: 'A damaged or hostile header can hold millions of faults. The first thousand of a kind say what is wrong; the rest would only take memory.',
    example: 'A header with a million entries that all have the same key.',
    remedy: 'Treat the file as broken, or repair what is reported and check again.',
    fix: 'None: the findings that were reported have fixes of their own, where there are any.',
    sources: ['ggufix src/limits.ts: MAX_FINDINGS_PER_RULE'],
  },
  *find() {},
  describe: ({ rule, limit }) => `rule ${rule} found more than ${limit} faults; the rest is not reported`,
});
