import type { Finding, Severity } from '../../checks/check.js';
import type { CheckedFile } from '../check.js';

/** A finding and the file that it is about. */
export interface LocatedFinding {
  readonly source: string;
  readonly finding: Finding;
}

/** A file that could not be looked at. */
export type UnreadFile = Extract<CheckedFile, { error: unknown }>;

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** All findings, in the order of the files. */
export function allFindings(files: readonly CheckedFile[]): LocatedFinding[] {
  return files.flatMap((file) =>
    'findings' in file ? file.findings.map((finding) => ({ source: file.source, finding })) : [],
  );
}

/** The files that could not be looked at. */
export function unreadFiles(files: readonly CheckedFile[]): UnreadFile[] {
  return files.filter((file) => 'error' in file);
}

/** Errors before warnings before advice, each in the order given: what is cut from an end matters least. */
export function worstFirst<T extends LocatedFinding>(findings: readonly T[]): T[] {
  return findings.toSorted((a, b) => RANK[a.finding.severity] - RANK[b.finding.severity]);
}
