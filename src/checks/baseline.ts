import { createHash } from 'node:crypto';
import type { Finding } from './check.js';

/** A finding that somebody knows of and accepts, as the baseline file holds it. */
export interface KnownFinding {
  readonly fingerprint: string;
  /** What the fingerprint is made of, for people. */
  readonly file: string;
  readonly rule: string;
  readonly name?: string | undefined;
  /** How many findings have this fingerprint. */
  readonly count: number;
}

/** The document that `--update-baseline` writes. */
export interface Baseline {
  readonly schema: 'ggufix.baseline/1';
  readonly findings: readonly KnownFinding[];
}

/** The findings of one file; `file` is its path, with slashes, as the baseline names it. */
export interface FindingsOfFile {
  readonly file: string;
  readonly findings: readonly Finding[];
}

/**
 * What stays the same of a finding while the file around it changes: file, rule, and the key or tensor. Neither the
 * place in bytes nor the words, so that an edit elsewhere or a better message does not bring it back.
 */
export function fingerprintOf(file: string, { rule, place }: Pick<Finding, 'rule' | 'place'>): string {
  const parts = JSON.stringify([file, rule, place.kind, place.name ?? '']);
  return createHash('sha256').update(parts).digest('hex').slice(0, 32);
}

/** Collects findings for a baseline. */
export class BaselineWriter {
  readonly #known = new Map<string, KnownFinding>();

  add({ file, findings }: FindingsOfFile): void {
    for (const finding of findings) {
      const { rule, place } = finding;
      const fingerprint = fingerprintOf(file, finding);
      const name = place.name === undefined ? {} : { name: place.name };
      const count = (this.#known.get(fingerprint)?.count ?? 0) + 1;
      this.#known.set(fingerprint, { fingerprint, file, rule, ...name, count });
    }
  }

  /** The document, in an order that does not depend on the order of the files. */
  baseline(): Baseline {
    const findings = [...this.#known.values()].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
    return { schema: 'ggufix.baseline/1', findings };
  }
}

/** The findings that a baseline does not know: of as many as it counts, the first ones in the file are known. */
export function newFindings({ file, findings }: FindingsOfFile, counts: ReadonlyMap<string, number>): Finding[] {
  const seen = new Map<string, number>();
  return findings.filter((finding) => {
    const fingerprint = fingerprintOf(file, finding);
    const nth = (seen.get(fingerprint) ?? 0) + 1;
    seen.set(fingerprint, nth);
    return nth > (counts.get(fingerprint) ?? 0);
  });
}

/** How many findings of each fingerprint a baseline accepts. */
export function acceptedCounts({ findings }: Baseline): ReadonlyMap<string, number> {
  return new Map(findings.map(({ fingerprint, count }) => [fingerprint, count]));
}

function orderOf({ file, rule, name = '', fingerprint }: KnownFinding): string {
  return [file, rule, name, fingerprint].join('\0');
}
