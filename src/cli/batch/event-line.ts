import type { BatchEvent, JobOutcome } from '../../batch/run/events.js';
import { printable } from '../../gguf/printable.js';
import { formatBytes, formatSeconds } from '../../report/format.js';
import type { Styles } from '../../report/styles.js';
import type { DisplayFlags } from './display.js';

type EndEvent = Extract<BatchEvent, { event: 'job-end' }>;

/**
 * The line that an event leaves in a log, if any. `seconds` is how long its job ran. What was done by an earlier run is told
 * only if asked for: a rerun of five hundred jobs has one that is new. Pure.
 */
export function eventLine(
  event: BatchEvent,
  seconds: number,
  { quiet, verbose }: Pick<DisplayFlags, 'quiet' | 'verbose'>,
  styles: Styles,
): string | undefined {
  const id = printable(event.job.id);
  switch (event.event) {
    case 'job-start':
      return quiet ? undefined : `  ${id}`;
    case 'retry':
      return quiet
        ? undefined
        : `${styles.warning('!')} ${id}: ${printable(event.error.message)}; again in ${formatSeconds(event.seconds)}`;
    case 'job-end':
      return quiet && !isFailure(event.outcome) ? undefined : endLine(event, id, seconds, verbose, styles);
    default:
      return undefined;
  }
}

/** Whether a job did not come to its end for a reason other than that the run was stopped. */
export function isFailure({ status }: JobOutcome): boolean {
  return status === 'failed' || status === 'blocked';
}

function endLine({ job, outcome }: EndEvent, id: string, seconds: number, verbose: boolean, styles: Styles) {
  switch (outcome.status) {
    case 'done': {
      if (outcome.isReused) return verbose ? `${styles.faint('=')} ${id}, as it was` : undefined;
      const bytes = job.output?.bytes;
      const size = bytes === undefined || job.output?.isExact !== true ? '' : `${formatBytes(bytes)}, `;
      return `${styles.good('✓')} ${id} ${styles.faint(`(${size}${formatSeconds(seconds)})`)}`;
    }
    case 'skipped':
      return `${styles.faint('-')} ${id}, left alone`;
    case 'failed':
      return `${styles.error('✗')} ${id}: ${printable(outcome.error.message)}`;
    case 'blocked':
      return `${styles.error('✗')} ${id}: needs ${printable(outcome.by)}, which failed`;
    case 'stopped':
      return `${styles.warning('-')} ${id}, stopped`;
  }
}
