import type { Rule } from './check.js';
import { explainRule } from './explain.js';

const INTRODUCTION = `# Rules

What \`ggufix check\` looks for. An error is what llama.cpp or a named program refuses or gets wrong; a warning is what
newer or most programs cope with. _Affects_ names the programs that a defect hurts, with the versions: where it names
none that you use, the finding does not concern you.

\`--only\` and \`--ignore\` take ids (\`container/magic\`) and areas (\`container\`, \`gemma3n/*\`). \`ggufix explain ID\` prints
one of the sections below.

This page is made from the rules by \`docs/generate-rules.js\`; change the rules, not the page.`;

/** The page of all rules, `docs/rules.md`. */
export function rulesPage(rules: readonly Rule[]): string {
  const list = rules.map(({ id, severity, docs }) => `- [${id}](#${anchorOf(id)}) (${severity}): ${docs.summary}`);
  return [INTRODUCTION, list.join('\n'), rules.map(explainRule).join('\n')].join('\n\n');
}

/** The anchor that GitHub gives to a heading: punctuation dropped, lower case. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-');
}
