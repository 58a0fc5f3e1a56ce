import type { Finding, Severity } from '../checks/check.js';
import { type Verdict, verdictOf } from '../checks/run.js';
import { printable } from '../gguf/printable.js';
import { type FindingJson, findingJson } from './finding-json.js';
import { fixLine, whomItHurts } from './finding-lines.js';
import { formatAmount } from './format.js';
import type { Page } from './styles.js';
import { wrapText } from './text-width.js';

/** What the rules say of one file, or why they could not look at it. */
export type CheckedFile =
  | {
      readonly source: string;
      readonly findings: readonly Finding[];
      /** Findings that the baseline knows, which are not among these. */
      readonly accepted?: number;
    }
  | { readonly source: string; readonly error: { readonly code: string; readonly message: string } };

/** How many findings there are of each severity. */
export interface CheckSummary {
  readonly files: number;
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
}

/** The document that `check --json` prints. */
export interface CheckDocument {
  readonly schema: 'ggufix.check/1';
  readonly summary: CheckSummary;
  readonly files: readonly {
    readonly source: string;
    readonly verdict: Verdict;
    readonly findings: readonly FindingJson[];
    /** Findings that the baseline knows, where there are any. */
    readonly accepted?: number;
    readonly error?: { readonly code: string; readonly message: string };
  }[];
}

/** What the end of a run tells, without the findings themselves: a run over many files need not keep them. */
export interface CheckTally extends CheckSummary {
  /** Findings that the baseline knows. */
  readonly accepted: number;
  /** Files that could not be read. */
  readonly unread: number;
  /** Files that `fix` will write to, and the first of them. */
  readonly repairable: number;
  readonly firstRepairable?: string;
}

/** The tally of no files. */
export const EMPTY_TALLY: CheckTally = {
  files: 0,
  errors: 0,
  warnings: 0,
  infos: 0,
  accepted: 0,
  unread: 0,
  repairable: 0,
};

/** The tally with one more file. */
export function tallyWith(tally: CheckTally, file: CheckedFile): CheckTally {
  if ('error' in file) return { ...tally, files: tally.files + 1, unread: tally.unread + 1 };
  const { source, findings, accepted = 0 } = file;
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  const repairable = isRepairable(findings) ? 1 : 0;
  return {
    ...(repairable > 0 ? { firstRepairable: source } : {}),
    ...tally,
    files: tally.files + 1,
    errors: tally.errors + count('error'),
    warnings: tally.warnings + count('warning'),
    infos: tally.infos + count('info'),
    accepted: tally.accepted + accepted,
    repairable: tally.repairable + repairable,
  };
}

/** Counts findings. */
export function summarize(files: readonly CheckedFile[]): CheckSummary {
  const { errors, warnings, infos } = files.reduce(tallyWith, EMPTY_TALLY);
  return { files: files.length, errors, warnings, infos };
}

/** The run as a document for programs. */
export function checkDocument(files: readonly CheckedFile[]): CheckDocument {
  return { schema: 'ggufix.check/1', summary: summarize(files), files: files.map(fileJson) };
}

/** One file as text: its findings, and whom they hurt. */
export function renderCheckedFile(source: string, findings: readonly Finding[], page: Page): string {
  const { styles } = page;
  const heading = styles.heading(inert(printable(source)));
  if (findings.length === 0) return `${heading}: ${styles.good('nothing found')}\n`;
  return [`${heading}\n`, ...findings.map((finding) => findingText(finding, page))].join('');
}

/** The last lines of a run, and what to do about it. */
export function renderSummary(tally: CheckTally, { styles }: Page): string {
  const { files, errors, warnings, infos, accepted, unread, repairable, firstRepairable = '' } = tally;
  const counts = [formatAmount(errors, 'error'), formatAmount(warnings, 'warning')];
  if (infos > 0) counts.push(formatAmount(infos, 'info'));
  const mark = errors > 0 ? styles.error : warnings > 0 ? styles.warning : styles.good;
  const lines = [`${formatAmount(files, 'file')}: ${mark(counts.join(', '))}\n`];
  if (unread > 0) lines.push(`${formatAmount(unread, 'file')} could not be checked\n`);
  if (accepted > 0) lines.push(`${formatAmount(accepted, 'known finding')} accepted by the baseline\n`);
  if (repairable > 0) {
    const target = repairable === 1 ? shellWord(firstRepairable) : 'FILE';
    lines.push(`Repair what can be repaired safely with: ggufix fix ${target}\n`);
  }
  return lines.join('');
}

/** Whether `fix` will write: an error that it cannot mend in the container keeps it from touching the file. */
function isRepairable(findings: readonly Finding[]): boolean {
  const isBlocking = ({ rule, severity, fix }: Finding): boolean =>
    rule.startsWith('container/') && severity === 'error' && fix?.safety !== 'safe';
  return findings.some(({ fix }) => fix?.safety === 'safe') && !findings.some(isBlocking);
}

function fileJson(file: CheckedFile): CheckDocument['files'][number] {
  const { source } = file;
  if ('error' in file) return { source, verdict: 'fail', findings: [], error: file.error };
  const accepted = file.accepted === undefined || file.accepted === 0 ? {} : { accepted: file.accepted };
  return { source, verdict: verdictOf(file.findings), findings: file.findings.map(findingJson), ...accepted };
}

function findingText(finding: Finding, { width, styles }: Page): string {
  const { severity, message, fix } = finding;
  const mark = { error: styles.error('error'), warning: styles.warning('warning'), info: styles.faint('info') }[
    severity
  ];
  const gap = ' '.repeat('warning'.length - severity.length + 1);
  const indent = ' '.repeat(10);
  const lines = (text: string, style: (text: string) => string): string =>
    wrapText(printable(text), width - indent.length)
      .map((line) => `${indent}${style(inert(line))}\n`)
      .join('');
  const [first = '', ...rest] = wrapText(printable(message), width - indent.length);
  const same = (text: string): string => text;
  return [
    `  ${mark}${gap}${first}\n`,
    ...rest.map((line) => `${indent}${inert(line)}\n`),
    lines(`at byte ${finding.place.offset}, rule ${finding.rule}`, styles.faint),
    ...whomItHurts(finding).map((line) => lines(line, styles.faint)),
    fix === undefined ? '' : lines(fixLine(fix), fix.safety === 'safe' ? styles.good : same),
  ].join('');
}

/** A line that a CI runner does not take for an order: workflow commands begin with `::` or `##[`. */
function inert(line: string): string {
  return line.replace(/^\s*(?=::|##\[)/, (blanks) => `${blanks}\\`);
}

/** A file's name as one word for a shell, so that the line can be copied whatever the file is called. */
function shellWord(name: string): string {
  const text = printable(name.startsWith('-') ? `./${name}` : name);
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
