import type { Finding, Severity } from '../checks/check.js';
import { type Verdict, verdictOf } from '../checks/run.js';
import { printable } from '../gguf/printable.js';
import { type FindingJson, findingJson } from './finding-json.js';
import { formatAmount } from './format.js';
import type { Page } from './styles.js';
import { wrapText } from './text-width.js';

/** What the rules say of one file, or why they could not look at it. */
export type CheckedFile =
  | { readonly source: string; readonly findings: readonly Finding[] }
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
    readonly error?: { readonly code: string; readonly message: string };
  }[];
}

/** Counts findings. A file that could not be opened counts as a file only. */
export function summarize(files: readonly CheckedFile[]): CheckSummary {
  const findings = files.flatMap((file) => ('findings' in file ? file.findings : []));
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  return { files: files.length, errors: count('error'), warnings: count('warning'), infos: count('info') };
}

/** The run as a document for programs. */
export function checkDocument(files: readonly CheckedFile[]): CheckDocument {
  return { schema: 'ggufix.check/1', summary: summarize(files), files: files.map(fileJson) };
}

/** One file as text: its findings, and whom they hurt. */
export function renderCheckedFile(source: string, findings: readonly Finding[], page: Page): string {
  const { styles } = page;
  const heading = styles.heading(printable(source));
  if (findings.length === 0) return `${heading}: ${styles.good('nothing found')}\n`;
  return [`${heading}\n`, ...findings.map((finding) => findingText(finding, page))].join('');
}

/** The last line of a run, and what to do about it. */
export function renderSummary(files: readonly CheckedFile[], { styles }: Page): string {
  const { errors, warnings, infos } = summarize(files);
  const counts = [formatAmount(errors, 'error'), formatAmount(warnings, 'warning')];
  if (infos > 0) counts.push(formatAmount(infos, 'info'));
  const mark = errors > 0 ? styles.error : warnings > 0 ? styles.warning : styles.good;
  const line = `${formatAmount(files.length, 'file')}: ${mark(counts.join(', '))}\n`;
  const fixable = files.filter((file) => 'findings' in file && isRepairable(file.findings));
  if (fixable.length === 0) return line;
  const [first] = fixable;
  const target = fixable.length === 1 && first !== undefined ? printable(first.source) : 'FILE';
  return `${line}Repair what can be repaired safely with: ggufix fix ${target}\n`;
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
  return { source, verdict: verdictOf(file.findings), findings: file.findings.map(findingJson) };
}

function findingText({ rule, severity, message, place, affects, fix }: Finding, { width, styles }: Page): string {
  const mark = { error: styles.error('error'), warning: styles.warning('warning'), info: styles.faint('info') }[
    severity
  ];
  const gap = ' '.repeat('warning'.length - severity.length + 1);
  const indent = ' '.repeat(10);
  const lines = (text: string, style: (text: string) => string): string =>
    wrapText(printable(text), width - indent.length)
      .map((line) => `${indent}${style(line)}\n`)
      .join('');
  const [first = '', ...rest] = wrapText(printable(message), width - indent.length);
  const same = (text: string): string => text;
  return [
    `  ${mark}${gap}${first}\n`,
    ...rest.map((line) => `${indent}${line}\n`),
    lines(`at byte ${place.offset}, rule ${rule}`, styles.faint),
    affects.length === 0 ? '' : lines(`affects ${affects.join(', ')}`, styles.faint),
    fix === undefined ? '' : lines(`fix (${fix.safety}): ${fix.title}`, fix.safety === 'safe' ? styles.good : same),
  ].join('');
}
