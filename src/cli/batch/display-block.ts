import type { BatchEvent } from '../../batch/run/events.js';
import type { Terminal } from '../terminal.js';
import type { Display, DisplayFlags } from './display.js';
import { eventLine } from './event-line.js';
import { type RunView, runView } from './run-view.js';

const REDRAW_MS = 100;
/** What is quiet is drawn this often: its seconds pass. */
const IDLE_REDRAW_MS = 1000;

const UP = (lines: number): string => (lines === 0 ? '\r' : `\u001b[${lines}A\r`);
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
/** A line that is too long all the same, since the window was made narrower, is cut and not broken. */
const [NO_WRAP, WRAP] = ['\u001b[?7l', '\u001b[?7h'];

/**
 * A block of a few lines at the end of the screen that is drawn anew: what runs, and how far the run is. What ended stands above
 * it and scrolls. Each frame is one write that overwrites line by line, so that nothing is ever blank.
 */
export function blockDisplay(terminal: Terminal, flags: DisplayFlags, jobCount: number, now: () => number): Display {
  const view: RunView = runView(jobCount, now());
  let [drawn, height, isStale] = [Number.NEGATIVE_INFINITY, 0, false];
  /** What stands above may be as long as it likes: nobody has to find its beginning again. */
  const draw = (scrolling: readonly string[], lines: readonly string[]): void => {
    const [above, block] = [scrolling, lines].map((each) => each.map((line) => `${line}${CLEAR_LINE}\n`).join(''));
    terminal.err(`${UP(height)}${above}${NO_WRAP}${block}${WRAP}${CLEAR_BELOW}`);
    [height, drawn, isStale] = [lines.length, now(), false];
  };
  const redraw = (): void => {
    if (now() - drawn >= (isStale ? REDRAW_MS : IDLE_REDRAW_MS)) draw([], view.lines(now(), terminal.stderr.width - 1));
  };
  const timer = setInterval(redraw, REDRAW_MS);
  timer.unref();
  return {
    onEvent(event: BatchEvent) {
      const seconds = view.add(event, now());
      isStale = true;
      const line = event.event === 'job-start' ? undefined : eventLine(event, seconds, flags, terminal.stderr.styles);
      if (line === undefined) redraw();
      else draw([line], view.lines(now(), terminal.stderr.width - 1));
    },
    end() {
      clearInterval(timer);
      if (height > 0) draw([], []);
    },
  };
}
