import type { QueueJobState, QueueWork } from '../../batch/queue/queue-work.js';
import { isSettled } from '../../batch/queue/settle.js';
import type { QueueEntry, QueueView } from '../../batch/queue/view.js';
import type { BatchStatusDocument, JobStatus } from '../../report/batch-status.js';

/** How far a batch is now: what the journals say and, with a view of a queue, what it says of the rest. */
export async function statusDocument(
  manifest: string,
  work: Pick<QueueWork, 'plan' | 'states'>,
  view: QueueView | undefined,
): Promise<BatchStatusDocument> {
  const { jobs } = work.plan;
  const states = await work.states();
  const isOpen = ({ id }: { readonly id: string }): boolean => !CLOSED.includes(states.get(id)?.status);
  const entries = (await view?.look(jobs.filter(isOpen))) ?? new Map<string, QueueEntry>();
  const list = jobs.map(({ id }) => jobStatus(id, states.get(id) ?? { status: 'waiting' }, entries.get(id)));
  const isBusy = list.some(({ status }) => IN_QUEUE.includes(status));
  const lost = new Set([...entries].flatMap(([id, { state }]) => (state === 'failed' ? [id] : [])));
  const isOver = !isBusy && isSettled(work.plan, states, lost);
  return { schema: 'ggufix.batch-status/1', manifest, isSettled: isOver, jobs: list };
}

const CLOSED: readonly (string | undefined)[] = ['done', 'skipped'];
const IN_QUEUE: readonly string[] = ['queued', 'active', 'delayed'];

/** Pure. A job that failed may be in the queue again; one without a record may have failed there. */
function jobStatus(id: string, { status, error, seconds }: QueueJobState, entry: QueueEntry | undefined): JobStatus {
  const own = {
    id,
    status,
    ...(seconds === undefined || seconds === 0 ? {} : { seconds }),
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
  };
  if (entry === undefined) return own;
  const { state, worker, since, reason } = entry;
  if (state === 'failed') return { error: { code: 'queue', message: reason ?? 'failed' }, ...own, status: 'failed' };
  if (state === 'completed') return own;
  if (state !== 'active') return { ...own, status: state === 'waiting' ? 'queued' : 'delayed' };
  return {
    ...own,
    status: 'active',
    ...(worker === undefined ? {} : { worker }),
    ...(since === undefined ? {} : { since: isoTime(since) }),
  };
}

/** Whatever number stands in Redis; whole seconds are enough. */
function isoTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString().replace(/\.\d+Z$/, 'Z');
}
