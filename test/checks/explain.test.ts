import { expect, test } from 'vitest';
import { explainRule } from '../../src/checks/explain.js';
import { findRule, RULES } from '../../src/checks/index.js';
import { rulesPage } from '../../src/checks/rules-page.js';

test('a rule explains what, whom, why and what to do', () => {
  const text = explainRule(findRule('gemma3n/shared-kv-layers-type')!);
  expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual([
    '## gemma3n/shared-kv-layers-type',
    '### Why',
    '### Example',
    '### Remedy',
    '### Fix',
    '### Sources',
  ]);
  expect(text).toContain('- Severity: error\n- Affects: ollama >=0.9.3, llama.cpp *\n');
});

test('a rule that affects all readers says so', () => {
  expect(explainRule(findRule('container/magic')!)).toContain('- Affects: all readers\n');
});

test('the page lists and explains every rule, with links that GitHub resolves', () => {
  const page = rulesPage(RULES);
  for (const { id } of RULES) expect(page).toContain(`\n## ${id}\n`);
  expect(page).toContain('\n- [gemma3n/shared-kv-layers-type](#gemma3nshared-kv-layers-type) (error): The key ');
});
