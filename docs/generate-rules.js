// Writes docs/rules.md and a page for each rule under docs/rules/ from the rules in dist/, and removes pages of rules
// that are gone. Needs `npm run build`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { RULES } from '../dist/checks/index.js';
import { rulesPages } from '../dist/checks/rules-page.js';

rmSync(new URL('rules/', import.meta.url), { recursive: true, force: true });
for (const [name, text] of rulesPages(RULES)) {
  const target = new URL(name, import.meta.url);
  mkdirSync(new URL('.', target), { recursive: true });
  writeFileSync(target, text);
}
