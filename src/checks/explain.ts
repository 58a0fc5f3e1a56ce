import type { Rule } from './check.js';
import type { Need } from './evidence.js';

/** What a rule looks at, and how to have it looked at where the default profile does not. */
const NEEDS: Readonly<Record<Need, string>> = {
  header: 'the header',
  name: 'the name of the file',
  edges: 'the header and the bytes around the tensor data',
  template: 'the chat templates, rendered in a sandbox',
  shards: 'the headers of all shards of the model',
  data: 'the tensor data (`--data` or `--profile upload`)',
  checksum: 'the whole file, where a checksum is published (`--profile upload`)',
  engine: 'llama.cpp, which loads the file (`--engine`)',
  policy: 'the `policy` of the config',
};

/**
 * All that a rule says of itself, as Markdown that reads well as plain text: what `ggufix explain` prints, and with
 * level 1 the rule's page.
 */
export function explainRule({ id, severity, needs, affects, docs }: Rule, level: 1 | 2 = 2): string {
  const { summary, why, example, remedy, fix, sources } = docs;
  const mark = '#'.repeat(level);
  const facts = [
    `- Severity: ${severity}`,
    `- Affects: ${affects.length === 0 ? 'all readers' : affects.join(', ')}`,
    `- Looks at: ${NEEDS[needs]}`,
  ];
  const sections = [
    `${mark} ${id}`,
    summary,
    facts.join('\n'),
    `${mark}# Why\n\n${why}`,
    `${mark}# Example\n\n${example}`,
    `${mark}# Remedy\n\n${remedy}`,
    `${mark}# Fix\n\n${fix}`,
    `${mark}# Sources\n\n${sources.map((source) => `- ${source}`).join('\n')}`,
  ];
  return `${sections.join('\n\n')}\n`;
}
