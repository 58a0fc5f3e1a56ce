import { formatBytes, formatInteger, formatSeconds } from '../report/format.js';
import { cutText, displayWidth } from '../report/text-width.js';
import type { SharedFlags } from './flags.js';
import type { Terminal } from './terminal.js';

/** Work whose end is known. */
export interface Work {
  /** What is done, in a few words: `requantize per_layer_token_embd.weight`. */
  readonly label: string;
  readonly total: number;
  readonly unit: 'bytes' | 'items';
}

/** Shows how far the work is. */
export interface Progress {
  /** `done` of the work's total. May be called as often as one likes. */
  update(done: number): void;
  /** Removes the bar. Belongs in a `finally`. */
  end(): void;
}

/** Shows nothing before this, so that short work does not flicker. */
const DELAY_MS = 1000;
const REDRAW_MS = 100;
const EVENT_MS = 250;

/**
 * Shows the progress of `work` on stderr as the flags say: a bar (under `auto` only where a person watches), one JSON
 * object a line, or nothing. `now` is in milliseconds.
 */
export function startProgress(
  terminal: Terminal,
  { progress, quiet }: Pick<SharedFlags, 'progress' | 'quiet'>,
  work: Work,
  now: () => number = () => performance.now(),
): Progress {
  if (progress === 'json') return jsonProgress(terminal, work, now);
  const isWatched = terminal.stderr.isTty && !terminal.isCi && !quiet;
  return progress === 'bar' || (progress === 'auto' && isWatched) ? barProgress(terminal, work, now) : SILENT;
}

const SILENT: Progress = { update() {}, end() {} };

function barProgress(terminal: Terminal, work: Work, now: () => number): Progress {
  const start = now();
  let drawn = Number.NEGATIVE_INFINITY;
  return {
    update(done) {
      const at = now();
      if (at - start < DELAY_MS || at - drawn < REDRAW_MS) return;
      drawn = at;
      terminal.err(`\r${barText(work, done, (at - start) / 1000, terminal.stderr.width - 1)}${CLEAR_TO_END}`);
    },
    end() {
      if (drawn > start) terminal.err(`\r${CLEAR_TO_END}`);
    },
  };
}

const CLEAR_TO_END = '\u001b[K';
const BAR_WIDTH = 20;

/** One line of at most `width` columns: label, bar, percent, rate, time that remains. Pure. */
export function barText({ label, total, unit }: Work, done: number, seconds: number, width: number): string {
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const full = Math.round(share * BAR_WIDTH);
  const bar = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
  const rate = done / Math.max(seconds, 1e-3);
  const rateText = unit === 'bytes' ? formatBytes(rate) : formatRate(rate);
  const left = rate > 0 ? `, ${formatSeconds((total - done) / rate)} left` : '';
  const facts = `${bar} ${`${Math.floor(share * 100)}`.padStart(3)} %  ${rateText}/s${left}`;
  const room = width - displayWidth(facts) - 2;
  return cutText(room > 0 ? `${cutText(label, room)}  ${facts}` : facts, width);
}

/** Slow work needs digits after the point: a chunk of text may take a minute. */
function formatRate(rate: number): string {
  return rate < 9.95 ? rate.toPrecision(2) : formatInteger(Math.round(rate));
}

function jsonProgress(terminal: Terminal, work: Work, now: () => number): Progress {
  const start = now();
  let sent = start;
  let last = 0;
  const send = (event: 'start' | 'progress' | 'end', at: number): void => {
    const seconds = Math.round(at - start) / 1000;
    terminal.err(`${JSON.stringify({ event, ...work, done: last, seconds })}\n`);
  };
  send('start', start);
  return {
    update(done) {
      last = done;
      const at = now();
      if (at - sent < EVENT_MS) return;
      sent = at;
      send('progress', at);
    },
    end() {
      send('end', now());
    },
  };
}
