import { expect, test } from 'vitest';
import { explainRule } from '../../src/checks/explain.js';
import { findRule, RULES } from '../../src/checks/index.js';
import { rulesPages } from '../../src/checks/rules-page.js';

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
  expect(explainRule(findRule('container/magic')!)).toContain('- Affects: all readers\n- Looks at: the header\n');
});

test('the index links the page of every rule, by area, and each page links back', () => {
  const pages = rulesPages(RULES);
  const index = pages.get('rules.md') ?? '';
  expect(pages.size).toBe(RULES.length + 1);
  expect(index).toContain('\n## gemma3n\n');
  expect(index).toContain(
    '\n- [gemma3n/shared-kv-layers-type](rules/gemma3n/shared-kv-layers-type.md) (error, safe fix): The key ',
  );
  for (const { id } of RULES) {
    expect(index).toContain(`](rules/${id}.md)`);
    const page = pages.get(`rules/${id}.md`) ?? '';
    expect(page.match(/^#.*$/gm)?.slice(0, 6)).toEqual([
      `# ${id}`,
      '## Why',
      '## Example',
      '## Remedy',
      '## Fix',
      '## Sources',
    ]);
    expect(page).toMatch(/\n\[All rules\]\(\.\.\/\.\.\/rules\.md\)\n$/);
  }
});
