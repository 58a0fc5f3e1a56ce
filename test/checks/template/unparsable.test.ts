import { describe, expect, test } from 'vitest';
import { unparsable } from '../../../src/checks/template/unparsable.js';
import { withRuns } from './template-file.js';

const key = 'tokenizer.chat_template';

describe('template/unparsable', () => {
  test('finds a template that does not parse', () => {
    const findings = withRuns(unparsable, [{ key, parseError: 'Expected \u001b[0m', renders: [] }]);
    expect(findings).toMatchObject([{ severity: 'warning', message: expect.stringContaining('Expected \\u001b') }]);
  });

  test('passes without evidence for the key, and on a template that renders', () => {
    expect(unparsable.needs).toBe('template');
    expect(withRuns(unparsable, [])).toEqual([]);
    expect(withRuns(unparsable, [{ key, renders: [{ sample: 'user', outcome: 'rendered', text: 'hello' }] }])).toEqual(
      [],
    );
  });
});
