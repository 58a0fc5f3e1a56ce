import parseVersion from 'semver/functions/parse.js';
import satisfies from 'semver/functions/satisfies.js';
import { badOption, type GgufError } from '../errors.js';
import type { Finding, Severity } from './check.js';

/** Programs that rules name in `affects`. */
export const RUNTIMES = ['ggml', 'llama.cpp', 'ollama'] as const;

/** A program that must be able to run the files that are checked. */
export interface Target {
  readonly runtime: (typeof RUNTIMES)[number];
  /** A semantic version; for llama.cpp build bN it is N.0.0. */
  readonly version: string;
  /** How reports name it: `ollama@0.9.6`, or `ollama` for the newest. */
  readonly name: string;
}

/** Above every version that a range can name an upper end for: a range without one holds for what comes next, too. */
const NEWEST = `${Number.MAX_SAFE_INTEGER}.0.0`;

/** Builds of the llama.cpp releases that have a version number besides. */
const LLAMA_CPP_RELEASES: ReadonlyMap<string, number> = new Map([['0.7.0', 11_669]]);

/**
 * Reads `ollama@0.9.6`, `llama.cpp@b5000`, `llama.cpp@0.7.0`, or a name alone, which means the newest version.
 * Throws `bad-option` that lists what is known.
 */
export function parseTarget(text: string): Target {
  const [name = '', version, ...rest] = text.trim().split('@');
  const runtime = RUNTIMES.find((known) => known === name.toLowerCase());
  if (runtime === undefined) throw badTarget(text, `no such runtime; known are ${RUNTIMES.join(', ')}`);
  if (version === undefined) return { runtime, version: NEWEST, name: runtime };
  const parsed = rest.length > 0 ? undefined : versionOf(runtime, version);
  if (parsed === undefined) throw badTarget(text, `no version of ${runtime}; known are ${VERSIONS[runtime]}`);
  return { runtime, version: parsed, name: `${runtime}@${version}` };
}

/** Targets from the values of a flag that takes one or a comma list; one that is named twice comes once. */
export function parseTargets(values: readonly string[]): readonly Target[] {
  const targets = values.flatMap((value) => value.split(',')).map(parseTarget);
  return [...new Map(targets.map((target) => [target.name, target])).values()];
}

/** Whether a defect that affects these ranges hurts a target. Ranges of no program in particular hurt all. */
export function isAffected(affects: readonly string[], { runtime, version }: Target): boolean {
  return affects.length === 0 || affects.some((range) => holdsFor(range, runtime, version));
}

/**
 * How much a finding matters to somebody who needs these targets: it is an `info` where it affects none of them.
 * Without targets every reader counts.
 */
export function severityFor(
  { severity, affects }: Pick<Finding, 'severity' | 'affects'>,
  targets: readonly Target[],
): Severity {
  const isRelevant = targets.length === 0 || targets.some((target) => isAffected(affects, target));
  return isRelevant ? severity : 'info';
}

/** A finding as it matters to these targets; one that affects none of them says so. */
export function judgeFor(finding: Finding, targets: readonly Target[]): Finding {
  const severity = severityFor(finding, targets);
  if (severity === finding.severity) return finding;
  return { ...finding, severity, unaffectedTargets: targets.map(({ name }) => name) };
}

/** What people may write after the `@`. */
const VERSIONS: Readonly<Record<Target['runtime'], string>> = {
  ggml: 'x.y.z',
  'llama.cpp': `builds such as b5000, and the releases ${[...LLAMA_CPP_RELEASES.keys()].join(', ')}`,
  ollama: 'x.y.z',
};

function versionOf(runtime: Target['runtime'], text: string): string | undefined {
  if (runtime !== 'llama.cpp') return parseVersion(text)?.version;
  const build = /^b\d{1,6}$/.test(text) ? Number(text.slice(1)) : LLAMA_CPP_RELEASES.get(text.replace(/^v/, ''));
  return build === undefined ? undefined : `${build}.0.0`;
}

/** `range` is a runtime's name, a space and a semver range. */
function holdsFor(range: string, runtime: string, version: string): boolean {
  const gap = range.indexOf(' ');
  return range.slice(0, gap) === runtime && satisfies(version, range.slice(gap + 1), { includePrerelease: true });
}

function badTarget(text: string, why: string): GgufError {
  return badOption(`target '${text}': ${why}`);
}
