/** Exit codes. Where several apply, the largest wins. */
export const EXIT = {
  /** Done, nothing wrong. */
  clean: 0,
  /** Findings of severity error, differences, something left unfixed. */
  findings: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Could not read, write or parse; nothing was changed. */
  failed: 3,
  /** A batch finished with some jobs failed. */
  partial: 4,
  /** Interrupted; nothing half-written remains. */
  interrupted: 130,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
