import type { BatchEvent } from '../../batch/run/events.js';
import type { SharedFlags } from '../flags.js';
import type { Terminal } from '../terminal.js';
import { blockDisplay } from './display-block.js';
import { jsonDisplay } from './display-json.js';
import { eventLine } from './event-line.js';

/** Shows a run as it goes on. */
export interface Display {
  onEvent(event: BatchEvent): void;
  /** Removes what was drawn and is over. Belongs in a `finally`. */
  end(): void;
}

/** What of the flags matters to a display. */
export type DisplayFlags = Pick<SharedFlags, 'progress' | 'quiet' | 'verbose'>;

/**
 * Shows the events of a run of `jobCount` jobs on stderr as the flags say: a block of lines that is redrawn (under `auto` only
 * where a person watches), else a line for each job that starts and ends; one JSON object an event; or, if quiet, failures only.
 * `now` is in milliseconds. listr2 11 would need Node 22, and keeps a task for each of a thousand jobs.
 */
export function startDisplay(
  terminal: Terminal,
  flags: DisplayFlags,
  jobCount: number,
  now: () => number = () => performance.now(),
): Display {
  const { progress, quiet } = flags;
  if (progress === 'json') return jsonDisplay(terminal, now);
  if (quiet || progress === 'none') return lineDisplay(terminal, { ...flags, quiet: true }, now);
  const isWatched = terminal.stderr.isTty && !terminal.isCi;
  if (progress === 'bar' || isWatched) return blockDisplay(terminal, flags, jobCount, now);
  return lineDisplay(terminal, flags, now);
}

function lineDisplay(terminal: Terminal, flags: DisplayFlags, now: () => number): Display {
  const starts = new Map<string, number>();
  return {
    onEvent(event) {
      if (event.event === 'job-start') starts.set(event.job.id, now());
      const seconds = (now() - (starts.get(event.job.id) ?? now())) / 1000;
      const line = eventLine(event, seconds, flags, terminal.stderr.styles);
      if (event.event === 'job-end') starts.delete(event.job.id);
      if (line !== undefined) terminal.err(`${line}\n`);
    },
    end() {},
  };
}
