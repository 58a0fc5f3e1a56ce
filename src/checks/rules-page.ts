import type { Rule } from './check.js';
import { explainRule } from './explain.js';

const INTRODUCTION = `# Rules

What \`ggufix check\` looks for. An error is what llama.cpp or a named program refuses or gets wrong; a warning is what
newer or most programs cope with. Each page names the programs that a defect hurts, with the versions: where it names
none that you use, the finding does not concern you.

\`--only\` and \`--ignore\` take ids (\`container/magic\`) and areas (\`container\`, \`gemma3n/*\`). \`ggufix explain ID\` prints
the page of a rule.

This page and those of the rules are made by \`docs/generate-rules.js\`; change the rules, not the pages.`;

/** The generated pages: the path of each within `docs/`, and its text. */
export function rulesPages(rules: readonly Rule[]): ReadonlyMap<string, string> {
  return new Map([['rules.md', indexPage(rules)], ...rules.map((rule) => [pageOf(rule), rulePage(rule)] as const)]);
}

/** The rules by area, each with a link to its page. */
function indexPage(rules: readonly Rule[]): string {
  const areas = [...new Set(rules.map(areaOf))];
  const linesOf = (area: string): string[] => rules.filter((rule) => areaOf(rule) === area).map(indexLine);
  const sections = areas.map((area) => `## ${area}\n\n${linesOf(area).join('\n')}`);
  return `${[INTRODUCTION, ...sections].join('\n\n')}\n`;
}

function indexLine(rule: Rule): string {
  const { id, severity, docs } = rule;
  const [safety = ''] = docs.fix.split(/\W/, 1);
  const fix = rule.fix === undefined ? '' : `, ${safety.toLowerCase()} fix`;
  return `- [${id}](${pageOf(rule)}) (${severity}${fix}): ${docs.summary}`;
}

function rulePage(rule: Rule): string {
  return `${explainRule(rule, 1)}\n[All rules](../../rules.md)\n`;
}

function pageOf({ id }: Rule): string {
  return `rules/${id}.md`;
}

function areaOf({ id }: Rule): string {
  return id.slice(0, id.indexOf('/'));
}
