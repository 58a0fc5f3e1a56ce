import { describe, expect, test } from 'vitest';
import { runaway } from '../../../src/checks/template/runaway.js';
import { withRuns } from './template-file.js';

const key = 'tokenizer.chat_template';

describe('template/runaway', () => {
  test.each(['timed-out', 'too-large'] as const)('finds a template that was stopped: %s', (outcome) => {
    const renders = [
      { sample: 'user', outcome: 'rendered', text: 'x' } as const,
      { sample: 'tools', outcome } as const,
    ];
    expect(withRuns(runaway, [{ key, renders }])).toMatchObject([
      { severity: 'error', data: { key, sample: 'tools', outcome } },
    ]);
  });

  test('passes without evidence for the key, and on a template that renders', () => {
    expect(runaway.needs).toBe('template');
    expect(withRuns(runaway, [])).toEqual([]);
    expect(withRuns(runaway, [{ key, renders: [{ sample: 'user', outcome: 'rendered', text: 'hello' }] }])).toEqual([]);
  });
});
