import type { Rule } from '../../src/checks/check.js';
import { defineRule } from '../../src/checks/check.js';
import type { Need } from '../../src/checks/evidence.js';
import { readCheckFlags } from '../../src/cli/check-flags.js';
import { type CheckTools, check } from '../../src/cli/commands/check.js';
import type { Gatherers } from '../../src/evidence/gather.js';
import { type CliResult, fakeTerminal } from '../support/run-cli.js';

/** A rule that finds something in every file where there is what it needs. */
export function fakeRule(id: string, needs: Need, overrides: Partial<Rule> = {}): Rule {
  const docs = { summary: '', why: '', example: '', remedy: '', fix: '', sources: [] };
  const rule = defineRule<unknown>({
    ...{ id, severity: 'error', needs, affects: [], docs },
    find: ({ evidence }) => [
      { place: { kind: 'file', offset: 0, length: 0 }, data: needs === 'header' ? 'header' : evidence[needs] },
    ],
    describe: (data) => JSON.stringify(data),
  });
  return { ...rule, ...overrides };
}

/** Gatherers that note what they were asked for. */
export function fakeGatherers(...needs: (keyof Gatherers)[]): { gatherers: Gatherers; asked: string[] } {
  const asked: string[] = [];
  const gather = (need: string) => async () => {
    asked.push(need);
    return { engine: 'fake', outcome: 'loaded', messages: [] };
  };
  return { gatherers: Object.fromEntries(needs.map((need) => [need, gather(need)])), asked };
}

/** Runs `check` with these flags, as commander would hand them over. */
export async function runCheck(
  sources: readonly string[],
  flags: object,
  tools: Partial<CheckTools> = {},
): Promise<CliResult> {
  const terminal = fakeTerminal();
  await check(terminal, sources, readCheckFlags(flags), { rules: [], gatherers: {}, ...tools });
  return terminal.result();
}
