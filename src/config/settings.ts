import path from 'node:path';
import type { Finding } from '../checks/check.js';
import type { Levels } from '../checks/levels.js';
import type { Policy } from '../checks/policy/policy.js';
import type { ProfileName } from '../checks/profiles.js';
import { matchesRule } from '../checks/select.js';
import { matchesWildcard } from '../checks/wildcard.js';
import { matchesGlob } from './glob.js';
import type { Config } from './read.js';
import type { ConfigFile } from './schema.js';
import { parseSize } from './size.js';

/** What a config says of one file, its overrides applied. */
export interface FileSettings {
  /** Later sets count more. */
  readonly levels: readonly Levels[];
  readonly targets?: readonly string[];
  readonly profile?: ProfileName;
  readonly policy?: Policy;
  /** Whether somebody gave a reason to ignore this finding. */
  readonly isIgnored: (finding: Pick<Finding, 'rule' | 'place'>) => boolean;
}

/** The settings of a file without a config. */
export const NO_SETTINGS: FileSettings = { levels: [], isIgnored: () => false };

/** What `config` says of a file. Pure. */
export function settingsFor({ folder, settings }: Config, file: string): FileSettings {
  const relative = path.relative(folder, path.resolve(file)).split(path.sep).join('/');
  const { overrides = [], ignore = [] } = settings;
  const layers = [settings, ...overrides.filter(({ files }) => matchesGlob(files, relative))];
  const ignores = ignore.filter(({ files }) => files === undefined || matchesGlob(files, relative));
  return {
    levels: layers.flatMap(({ rules }) => (rules === undefined ? [] : [rules])),
    isIgnored: ignoreTest(ignores),
    ...lastOf(layers, 'targets'),
    ...lastOf(layers, 'profile'),
    ...policyOf(layers),
  };
}

type Layer = Pick<ConfigFile, 'rules' | 'targets' | 'profile' | 'policy'>;
type Ignore = NonNullable<ConfigFile['ignore']>[number];

/** Which entries name a rule is found out once for each rule: both may be many. */
function ignoreTest(ignores: readonly Ignore[]): FileSettings['isIgnored'] {
  const byRule = new Map<string, readonly Ignore[]>();
  return ({ rule, place }) => {
    const entries = byRule.get(rule) ?? ignores.filter((entry) => matchesRule(entry.rule, rule));
    byRule.set(rule, entries);
    return entries.some(({ name }) => name === undefined || isNamed(name, place));
  };
}

function isNamed(pattern: string, { name }: Finding['place']): boolean {
  return name !== undefined && matchesWildcard(pattern, name);
}

function lastOf<K extends 'targets' | 'profile'>(
  layers: readonly Layer[],
  key: K,
): { readonly [N in K]?: NonNullable<Layer[N]> } {
  const value = layers.findLast((layer) => layer[key] !== undefined)?.[key];
  // A computed key widens to an index signature; it is this one key.
  return value === undefined ? {} : ({ [key]: value } as { readonly [N in K]: NonNullable<Layer[N]> });
}

/** Each part of the policy for itself: an override of the size keeps the list of types. */
function policyOf(layers: readonly Layer[]): { readonly policy?: Policy } {
  const merged = Object.assign({}, ...layers.map(({ policy }) => policy)) as NonNullable<Layer['policy']>;
  if (Object.keys(merged).length === 0) return {};
  const { types, keys, provenance, maxBytes } = merged;
  const limit = maxBytes === undefined ? undefined : parseSize(maxBytes);
  return {
    policy: {
      ...(types === undefined ? {} : { types }),
      ...(keys === undefined ? {} : { keys }),
      ...(provenance === undefined ? {} : { provenance }),
      ...(limit === undefined ? {} : { maxBytes: limit }),
    },
  };
}
