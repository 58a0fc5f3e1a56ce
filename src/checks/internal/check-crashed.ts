import { defineRule } from '../check.js';

/** Which rule failed, and how. */
export interface CrashedCheck {
  readonly rule: string;
  readonly error: string;
}

/** Found by the engine itself, never by `find`: another rule threw. */
export const checkCrashed = defineRule<CrashedCheck>({
  id: 'internal/check-crashed',
  severity: 'error',
  needs: 'header',
  affects: [],
  docs: {
    summary: 'Every rule comes to an end.',
    why: 'A rule that crashed has not judged the file, so what it looks for may be there. A file that was not judged must not pass.',
    example: 'A rule meets a value that its author did not think of.',
    remedy:
      'This is a defect of ggufix, not of the file: report it with the message. `--ignore RULE` leaves the rule out.',
    fix: 'None: the file may well be good.',
    sources: ['ggufix src/checks/run.ts'],
  },
  *find() {},
  describe: ({ rule, error }) => `rule ${rule} crashed: ${error}`,
});
