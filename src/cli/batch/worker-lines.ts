import type { WorkerEvent } from '../../batch/queue/worker-events.js';
import { unreachable } from '../../errors.js';
import { printable } from '../../gguf/printable.js';
import { formatAmount } from '../../report/format.js';

/** The line that a worker prints of what happened. */
export function workerLine(event: WorkerEvent): string {
  return `ggufix: ${printable(words(event))}\n`;
}

function words(event: WorkerEvent): string {
  switch (event.event) {
    case 'start':
      return `begins ${event.job}`;
    case 'done':
      return event.isReused ? `${event.job}: done before` : `${event.job}: done`;
    case 'failed':
      return `${event.job}: ${event.isRetried ? 'failed, and will be tried again' : 'failed'}: ${event.error.message}`;
    case 'put-back':
      return `${event.job}: put back: ${event.why}`;
    case 'added':
      return `added ${formatAmount(event.jobs.length, 'job')} of ${event.manifest}: ${event.jobs.join(', ')}`;
    case 'settled':
      return `${event.manifest}: nothing is left to do`;
    case 'refused':
      return `refused entry ${event.entry} of the queue: ${event.why}`;
    case 'note':
      return `note: ${event.text}`;
    default:
      return unreachable(event);
  }
}
