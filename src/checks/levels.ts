import type { Severity } from './check.js';

/** What a person may say of a rule: how much it matters, or that it does not run. */
export type Level = Severity | 'off';

/** Levels by rule id, area (`naming`) or all of an area (`naming/*`). */
export type Levels = Readonly<Record<string, Level>>;

/** Every level, least first. */
export const LEVELS = ['off', 'info', 'warning', 'error'] as const satisfies readonly Level[];

/** The level of a rule: the last set that names it counts, and in one set its id more than its area. */
export function levelOf(sets: readonly Levels[], id: string): Level | undefined {
  const area = id.slice(0, id.indexOf('/'));
  for (const set of sets.toReversed()) {
    for (const name of [id, `${area}/*`, area]) if (Object.hasOwn(set, name)) return set[name];
  }
  return undefined;
}
