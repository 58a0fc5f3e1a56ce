import { expect, test } from 'vitest';
import { levelOf } from '../../src/checks/levels.js';

test('an id counts more than its area, and a later set more than both', () => {
  const base = { naming: 'info', 'naming/*': 'warning', 'naming/shard': 'error' } as const;
  expect(levelOf([base], 'naming/shard')).toBe('error');
  expect(levelOf([base], 'naming/quant')).toBe('warning');
  expect(levelOf([base], 'container/magic')).toBeUndefined();
  expect(levelOf([base, { naming: 'off' }], 'naming/shard')).toBe('off');
  expect(levelOf([], 'toString/x')).toBeUndefined();
  expect(levelOf([base], 'toString/x')).toBeUndefined();
});
