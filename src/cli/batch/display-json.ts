import type { BatchEvent } from '../../batch/run/events.js';
import type { Terminal } from '../terminal.js';
import type { Display } from './display.js';

/** Progress of a step is sent this often at most. */
const EVENT_MS = 250;

/** One JSON object a line for each event; `elapsed` is seconds since the display began. */
export function jsonDisplay(terminal: Terminal, now: () => number): Display {
  const start = now();
  const sent = new Map<string, number>();
  return {
    onEvent(event) {
      const at = now();
      const { id } = event.job;
      if (event.event === 'progress') {
        if (at - (sent.get(id) ?? Number.NEGATIVE_INFINITY) < EVENT_MS) return;
        sent.set(id, at);
      } else sent.delete(id);
      terminal.err(`${JSON.stringify({ ...eventJson(event), elapsed: Math.round(at - start) / 1000 })}\n`);
    },
    end() {},
  };
}

/** An event with its job by id; what kind of job it is, and of what, is told when it starts. */
function eventJson({ job, ...event }: BatchEvent): object {
  const { id, kind, model, output } = job;
  if (event.event !== 'job-start') return { job: id, ...event };
  return { job: id, ...event, kind, model, ...(output === undefined ? {} : { label: output.label }) };
}
