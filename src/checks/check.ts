import type { Edit } from '../edit/edits.js';
import type { Header } from '../gguf/model.js';
import type { Place } from '../gguf/problems.js';
import type { TensorTypeName } from '../gguf/tensor-types.js';
import type { FileIdentity } from '../sources/file.js';
import type { Evidence, Need } from './evidence.js';

/** How much a finding matters. Only errors fail a run. */
export type Severity = 'error' | 'warning' | 'info';

/**
 * safe: meaning and weights unchanged, or a requantization to at least the present bits per weight.
 * unsafe: probably wanted, needs `--unsafe`. manual: shown, never applied.
 */
export type Safety = 'safe' | 'unsafe' | 'manual';

/** What a rule sees of a file. */
export interface CheckContext {
  readonly header: Header;
  /** What was looked up besides the header. A rule finds at least what it `needs`. */
  readonly evidence: Evidence;
  /** Choices of the user that shape fixes; they never change what is found. */
  readonly choices: FixChoices;
}

/** What the user chose for fixes that leave a choice. */
export interface FixChoices {
  /** Tensor name → wanted type, from `--type TENSOR=TYPE`; absent means `auto`. */
  readonly types: ReadonlyMap<string, TensorTypeName>;
  /** Higher-precision file to take tensors from (`--from FILE`), opened and parsed. */
  readonly from?: { readonly path: string; readonly header: Header; readonly identity?: FileIdentity };
}

/** What is known of one defect: typed data, fit for JSON, and a place, no sentence. `severity` overrides the rule's. */
export interface Found<D> {
  readonly place: Place;
  readonly data: D;
  readonly severity?: Severity;
}

/** How a finding would be removed, as data. A `manual` fix has no edits: its title says what to do, or what is in the way. */
export interface Fix {
  readonly safety: Safety;
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** What a rule says of itself; `docs/rules.md` and `ggufix explain` are made of it. */
export interface RuleDocs {
  /** One sentence: what must hold. */
  readonly summary: string;
  /** What goes wrong, for whom. */
  readonly why: string;
  /** A file that breaks the rule, in words or a short dump. */
  readonly example: string;
  /** What a person can do. */
  readonly remedy: string;
  /** What `ggufix fix` does and how safe that is, or why it does nothing. */
  readonly fix: string;
  /** Where the facts come from. */
  readonly sources: readonly string[];
}

/** One rule, one file. Its id is its path under `checks/`. */
export interface Rule<D = unknown> {
  readonly id: string;
  readonly severity: Severity;
  /** What the rule looks at. It runs only where that is there, so `header` rules stay cheap on a 200 GB file. */
  readonly needs: Need;
  /** Runtimes that the defect may hurt, as semver ranges: `ollama >=0.9.3 <0.30.0`. Empty means all readers. */
  readonly affects: readonly string[];
  readonly docs: RuleDocs;
  /** Finds defects. Never throws on purpose, logs or touches anything. */
  readonly find: (context: CheckContext) => Iterable<Found<D>>;
  /** The finding in words: names place, found and expected. */
  readonly describe: (data: D) => string;
  /** Whom this very finding affects, where that depends on the data. */
  readonly affectsOf?: (data: D) => readonly string[];
  /**
   * The remedy as data, or `undefined` where there is none. The only part of a rule that may throw on purpose: a
   * `GgufError` that says why the user's choices cannot be honoured.
   */
  readonly fix?: (data: D, context: CheckContext) => Fix | undefined;
}

/** One finding, complete: what `check --json` prints and what `fix` works on. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly place: Place;
  /** What the message is made of; fit for JSON. */
  readonly data: unknown;
  readonly affects: readonly string[];
  /** The targets of the run, where it affects none of them: its severity is `info` then. */
  readonly unaffectedTargets?: readonly string[];
  readonly fix?: Fix;
}

/** The choices of somebody who made none. */
export const NO_CHOICES: FixChoices = { types: new Map() };

/** Types a rule by its data and forgets the type again, so that rules fit one array. */
export function defineRule<D>(rule: Rule<D>): Rule {
  // Only `find` makes D values and only this rule's functions take them.
  return rule as unknown as Rule;
}
