// Writes docs/rules.md from the rules in dist/; run `npm run build` first.
import { writeFileSync } from 'node:fs';
import { RULES } from '../dist/checks/index.js';
import { rulesPage } from '../dist/checks/rules-page.js';

writeFileSync(new URL('rules.md', import.meta.url), rulesPage(RULES));
