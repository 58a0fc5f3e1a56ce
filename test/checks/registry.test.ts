import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findRule, RULES } from '../../src/checks/index.js';
import { rulesPages } from '../../src/checks/rules-page.js';

/** A rule's file calls one of the functions that make a rule; the others are the engine and what rules share. */
function idsOfFiles(): string[] {
  return readdirSync('src/checks', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file.includes(path.sep))
    .filter((file) => /= (define|problem)Rule[<(]/.test(readFileSync(path.join('src/checks', file), 'utf8')))
    .map((file) => file.slice(0, -'.ts'.length).replaceAll(path.sep, '/'));
}

describe('the registry of rules', () => {
  const ids = RULES.map(({ id }) => id);

  test('is sorted, without repeats, and holds the rule of every file under its path', () => {
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(idsOfFiles().sort()).toEqual(ids);
    expect(ids.map((id) => findRule(id)?.id)).toEqual(ids);
    expect(findRule('container/none')).toBeUndefined();
  });

  test.each(ids)('%s has a test', (id) => {
    expect(existsSync(`test/checks/${id}.test.ts`)).toBe(true);
  });

  test.each(RULES)('$id is documented in every section', ({ docs }) => {
    const { sources, ...sections } = docs;
    for (const text of Object.values(sections)) expect(text).toMatch(/^[^\s].*[.`]$/);
    expect(sources).not.toEqual([]);
    expect(docs.fix).toMatch(/^(Safe|Unsafe|None)\b/);
  });

  test('every rule that fixes says so, and every other says why not', () => {
    for (const { fix, docs } of RULES) expect(/^None\b/.test(docs.fix)).toBe(fix === undefined);
  });

  describe('docs/rules.md and docs/rules/ (if not: npm run build && node docs/generate-rules.js)', () => {
    const pages = rulesPages(RULES);

    test('are a page for each rule and no other', () => {
      const folder = existsSync('docs/rules') ? readdirSync('docs/rules', { recursive: true, encoding: 'utf8' }) : [];
      const files = folder.filter((file) => path.extname(file) !== '').map((file) => file.replaceAll(path.sep, '/'));
      expect(['rules.md', ...files.map((file) => `rules/${file}`)].sort()).toEqual([...pages.keys()].sort());
    });

    test.each([...pages])('%s is up to date', (name, text) => {
      expect(readFileSync(path.join('docs', name), 'utf8')).toBe(text);
    });
  });
});
