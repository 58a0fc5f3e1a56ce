import { describe, expect, test } from 'vitest';
import { renderFailed } from '../../../src/checks/template/render-failed.js';
import { withRuns } from './template-file.js';

const key = 'tokenizer.chat_template';

describe('template/render-failed', () => {
  test('finds a template that fails on a message', () => {
    const renders = [{ sample: 'user', outcome: 'failed', error: 'no such function' } as const];
    expect(withRuns(renderFailed, [{ key, renders }])).toMatchObject([
      { message: expect.stringMatching(/no such function$/) },
    ]);
  });

  test('finds a template that prints nothing', () => {
    const renders = [{ sample: 'user', outcome: 'rendered', text: ' \n' } as const];
    expect(withRuns(renderFailed, [{ key, renders }])).toMatchObject([
      { message: expect.stringMatching(/prints nothing/) },
    ]);
  });

  test('does not mind a template that refuses a system message', () => {
    const renders = [
      { sample: 'user', outcome: 'rendered', text: 'x' } as const,
      { sample: 'system', outcome: 'failed', error: 'no system message' } as const,
    ];
    expect(withRuns(renderFailed, [{ key, renders }])).toEqual([]);
  });

  test('passes without evidence for the key, and on a template that renders', () => {
    expect(renderFailed.needs).toBe('template');
    expect(withRuns(renderFailed, [])).toEqual([]);
    expect(
      withRuns(renderFailed, [{ key, renders: [{ sample: 'user', outcome: 'rendered', text: 'hello' }] }]),
    ).toEqual([]);
  });
});
