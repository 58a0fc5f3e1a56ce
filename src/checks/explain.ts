import type { Rule } from './check.js';

/** All that a rule says of itself, as Markdown that reads well as plain text: what `ggufix explain` prints. */
export function explainRule({ id, severity, affects, docs }: Rule): string {
  const { summary, why, example, remedy, fix, sources } = docs;
  const sections = [
    `## ${id}`,
    summary,
    `- Severity: ${severity}\n- Affects: ${affects.length === 0 ? 'all readers' : affects.join(', ')}`,
    `### Why\n\n${why}`,
    `### Example\n\n${example}`,
    `### Remedy\n\n${remedy}`,
    `### Fix\n\n${fix}`,
    `### Sources\n\n${sources.map((source) => `- ${source}`).join('\n')}`,
  ];
  return `${sections.join('\n\n')}\n`;
}
