import path from 'node:path';
import type { Job } from '../../batch/plan/job.js';
import type { BatchEvent } from '../../batch/run/events.js';
import { printable } from '../../gguf/printable.js';
import { formatAmount, formatSeconds } from '../../report/format.js';
import { cutText } from '../../report/text-width.js';
import { barText } from '../progress.js';
import { isFailure } from './event-line.js';

/** Running jobs that are shown; a block that fills the screen could not be redrawn. */
const MAX_JOBS = 8;

/** How far a run is, by its events. */
export interface RunView {
  /** Takes an event; returns how many seconds its job has run. */
  add(event: BatchEvent, at: number): number;
  /** A line for each running job and one for the run, each of at most `width` columns. */
  lines(at: number, width: number): readonly string[];
}

type ProgressEvent = Extract<BatchEvent, { event: 'progress' }>;

interface RunningJob {
  readonly job: Job;
  readonly startedAt: number;
  readonly step?: string;
  /** When the work began that `progress` is of. */
  readonly workedFrom: number;
  readonly progress?: ProgressEvent;
}

interface Counts {
  done: number;
  reused: number;
  failed: number;
  /** Left alone, or not come to. */
  other: number;
}

/** The view of a run of `jobCount` jobs that begins at `start`, in milliseconds as all times here. */
export function runView(jobCount: number, start: number): RunView {
  const running = new Map<string, RunningJob>();
  const counts: Counts = { done: 0, reused: 0, failed: 0, other: 0 };
  return {
    add(event, at) {
      const { id } = event.job;
      const known = running.get(id) ?? { job: event.job, startedAt: at, workedFrom: at };
      if (event.event === 'job-end' || event.event === 'retry') running.delete(id);
      else running.set(id, advance(known, event, at));
      if (event.event === 'job-end') count(counts, event.outcome);
      return (at - known.startedAt) / 1000;
    },
    lines(at, width) {
      const jobs = [...running.values()];
      const shown = jobs.slice(0, MAX_JOBS).map((job) => jobLine(job, at, width));
      const hidden = jobs.length > MAX_JOBS ? [`… and ${jobs.length - MAX_JOBS} more at work`] : [];
      return [...shown, ...hidden, cutText(totalLine(counts, jobCount, running.size, (at - start) / 1000), width)];
    },
  };
}

function advance(known: RunningJob, event: BatchEvent, at: number): RunningJob {
  const { job, startedAt, progress, workedFrom } = known;
  if (event.event === 'step-start') return { job, startedAt, step: event.step, workedFrom: at };
  if (event.event !== 'progress') return known;
  // The first work of a step began with it, though it is told of later.
  const isSameWork = progress === undefined || (progress.label === event.label && progress.total === event.total);
  return { job, startedAt, step: event.step, progress: event, workedFrom: isSameWork ? workedFrom : at };
}

function count(counts: Counts, outcome: Extract<BatchEvent, { event: 'job-end' }>['outcome']): void {
  if (outcome.status === 'done') counts[outcome.isReused ? 'reused' : 'done'] += 1;
  else if (isFailure(outcome)) counts.failed += 1;
  else counts.other += 1;
}

function jobLine({ job, startedAt, step, workedFrom, progress }: RunningJob, at: number, width: number): string {
  const label = `${step ?? 'begin'} ${nameOf(job)}`;
  if (progress === undefined) return cutText(`${label}  ${formatSeconds((at - startedAt) / 1000)}`, width);
  const { done, total, unit } = progress;
  return barText({ label, total, unit }, done, (at - workedFrom) / 1000, width);
}

/** What tells a job from others comes first: the end is cut where there is no room. */
function nameOf({ kind, model, output }: Job): string {
  const name = printable(path.posix.basename(model));
  return kind === 'output' ? `${printable(output?.label ?? '')} of ${name}` : `of ${name}`;
}

function totalLine(counts: Counts, jobCount: number, running: number, seconds: number): string {
  const { done, reused, failed, other } = counts;
  const left = Math.max(0, jobCount - done - reused - failed - other - running);
  const parts = [
    `${done + reused}/${formatAmount(jobCount, 'job')} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${running} at work`,
    `${left} left`,
    ...(done > 0 ? [rateText(done / Math.max(seconds, 1e-3)), timeText(((left + running) * seconds) / done)] : []),
  ];
  return parts.join(', ');
}

function rateText(rate: number): string {
  return rate >= 1 ? `${rate.toPrecision(2)} jobs/s` : `${(rate * 60).toPrecision(2)} jobs/min`;
}

/** By the jobs so far: large ones take longer than small ones, but all kinds stand in the plan side by side. */
function timeText(seconds: number): string {
  return `about ${formatSeconds(seconds)} to go`;
}
