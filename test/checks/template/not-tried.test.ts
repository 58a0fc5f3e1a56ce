import { describe, expect, test } from 'vitest';
import { notTried } from '../../../src/checks/template/not-tried.js';
import type { TemplateRun } from '../../../src/templates/template-runs.js';
import { withRuns } from './template-file.js';

const key = 'tokenizer.chat_template';
const untried = (why: TemplateRun['notTried'], name = key): TemplateRun => ({
  key: name,
  renders: [],
  ...(why === undefined ? {} : { notTried: why }),
});

describe('template/not-tried', () => {
  test.each([
    ['too-long', /^'tokenizer.chat_template' was not tried: longer than 256 KiB$/],
    ['too-many', /was not tried: too many templates/],
    ['out-of-time', /was not tried: the templates before it used up the time/],
  ] as const)('says which template was not tried: %s', (reason, message) => {
    expect(withRuns(notTried, [untried(reason)])).toMatchObject([
      {
        rule: 'template/not-tried',
        severity: 'info',
        data: { key, count: 1, reason },
        message: expect.stringMatching(message),
      },
    ]);
  });

  test('says it once for all that have one reason', () => {
    const runs = [untried('too-many'), untried('out-of-time', `${key}.a`), untried('too-many', `${key}.b`)];
    expect(withRuns(notTried, runs)).toMatchObject([
      {
        data: { key, count: 2, reason: 'too-many' },
        message: expect.stringContaining('and 1 more templates were not'),
      },
    ]);
  });

  test('passes where all were tried, and without evidence', () => {
    expect(notTried.needs).toBe('template');
    expect(withRuns(notTried, [untried(undefined)])).toEqual([]);
    expect(withRuns(notTried, [])).toEqual([]);
  });
});
