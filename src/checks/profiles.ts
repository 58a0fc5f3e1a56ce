import type { Rule } from './check.js';
import type { Need } from './evidence.js';

/** Every profile's name, the one that looks at least first. */
export const PROFILE_NAMES = ['quick', 'default', 'upload'] as const;

/** Name of a set of needs. */
export type ProfileName = (typeof PROFILE_NAMES)[number];

/** What is looked up besides the header. A rule that needs something else does not run. */
export type Profile = readonly Need[];

/** Only what the open file itself tells in its header. */
const QUICK: Profile = ['header', 'policy'];

/** What costs milliseconds: the name, bytes between the parts, the templates, the headers of the other shards. */
const DEFAULT: Profile = [...QUICK, 'name', 'edges', 'template', 'shards'];

/** The profiles. `upload` reads the whole file twice: once to scan it, once to hash it. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  quick: QUICK,
  default: DEFAULT,
  upload: [...DEFAULT, 'data', 'checksum'],
};

/** The rules that need nothing beyond these needs. */
export function rulesWithin(rules: readonly Rule[], needs: Profile): readonly Rule[] {
  return rules.filter((rule) => needs.includes(rule.needs));
}
