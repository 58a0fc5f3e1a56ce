import { describe, expect, test } from 'vitest';
import { interruptSignal } from '../../src/cli/signals.js';
import { screenOf } from '../../src/cli/terminal.js';

describe('screenOf', () => {
  const hasColor = (isTTY: boolean, env: NodeJS.ProcessEnv): boolean =>
    screenOf({ isTTY, columns: 100 }, env).styles.heading('x') !== 'x';

  test('a pipe has 80 columns, a terminal its own', () => {
    expect(screenOf({}, {})).toMatchObject({ width: 80, isTty: false });
    expect(screenOf({ isTTY: true, columns: 132 }, {})).toMatchObject({ width: 132, isTty: true });
    expect(screenOf({ isTTY: true, columns: 0 }, {}).width).toBe(80);
    expect(screenOf({ isTTY: false, columns: 132 }, {}).width).toBe(80);
  });

  test.each([
    ['a terminal', true, {}, true],
    ['a pipe', false, {}, false],
    ['NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['FORCE_COLOR in a pipe', false, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0 in a pipe', false, { FORCE_COLOR: '0' }, false],
    ['NO_COLOR against FORCE_COLOR', true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['a dumb terminal', true, { TERM: 'dumb' }, false],
  ])('%s', (_what, isTty, env, colored) => {
    expect(hasColor(isTty, env)).toBe(colored);
  });
});

describe('interruptSignal', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('%s aborts with an error that says so', (name) => {
    const listeners = new Map<string, () => void>();
    const signal = interruptSignal({
      once: (event, listener) => listeners.set(event, listener),
      on: () => undefined,
      removeListener: () => undefined,
    });
    expect(signal.aborted).toBe(false);
    listeners.get(name)?.();
    expect(signal.reason).toMatchObject({ code: 'aborted', message: `interrupted by ${name}` });
  });
});
