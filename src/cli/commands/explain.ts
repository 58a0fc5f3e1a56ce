import { Command } from 'commander';
import type { Rule } from '../../checks/check.js';
import { explainRule } from '../../checks/explain.js';
import { RULES } from '../../checks/index.js';
import { GgufError } from '../../errors.js';
import { wrapText } from '../../report/text-width.js';
import { renderWrappedTable } from '../../report/wrapped-table.js';
import { addSharedFlags, examples, readFlags, type SharedFlags } from '../flags.js';
import type { Terminal } from '../terminal.js';

/** `ggufix explain`: the documentation of a rule. */
export function explainCommand(terminal: Terminal): Command {
  const command = new Command('explain')
    .summary('explain a rule')
    .description('Prints what a rule demands, why, whom it concerns and how it is fixed; without an id, all rules.')
    .argument('[ids...]', 'rule ids, such as gemma3n/shared-kv-layers-type')
    .addHelpText('after', examples([['ggufix explain gemma3n/per-layer-token-embd-type', 'one rule, in full']]))
    .action((ids: string[], given: unknown) => {
      explain(
        terminal,
        ids,
        readFlags(given, () => ({})),
      );
    });
  return addSharedFlags(command);
}

function explain(terminal: Terminal, ids: readonly string[], flags: SharedFlags): void {
  const rules = ids.length === 0 ? RULES : ids.map(findRule);
  if (flags.json) {
    const documents = rules.map(({ id, severity, affects, docs }) => ({ id, severity, affects, ...docs }));
    terminal.out(`${JSON.stringify({ schema: 'ggufix.explain/1', rules: documents }, null, 2)}\n`);
  } else if (ids.length === 0) {
    const rows = rules.map(({ id, severity, docs }) => [id, severity, docs.summary]);
    const columns = [{ title: 'rule' }, { title: 'severity' }, { title: 'demands', fills: true }] as const;
    terminal.out(renderWrappedTable(columns, rows, terminal.stdout));
  } else {
    terminal.out(rules.map((rule) => wrapped(explainRule(rule), terminal.stdout.width)).join('\n'));
  }
}

function findRule(id: string): Rule {
  const rule = RULES.find((each) => each.id === id);
  if (rule !== undefined) return rule;
  throw new GgufError('not-found', `there is no rule '${id}'; ggufix explain lists them`, { kind: 'rule', name: id });
}

function wrapped(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => wrapText(line, width))
    .join('\n');
}
