import type { Finding, Severity } from '../../checks/check.js';
import type { CheckedFile } from '../check.js';
import { findingDetails } from '../finding-lines.js';
import { formatAmount } from '../format.js';
import { allFindings, unreadFiles, worstFirst } from './pick-findings.js';
import { plainText } from './plain-text.js';

/** GitHub shows ten annotations of each kind a step, the first ones. More than this only fills the log. */
const MAX_ANNOTATIONS = 1000;

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

/** The run as workflow commands, which GitHub Actions turns into annotations; the worst first, for it shows few. */
export function renderGithub(files: readonly CheckedFile[]): string {
  const lines = [
    ...unreadFiles(files).map(({ source, error }) =>
      command('error', { file: source, title: 'ggufix could not check this file' }, [
        `${error.message} (${error.code})`,
      ]),
    ),
    ...worstFirst(allFindings(files)).map(({ source, finding }) =>
      command(COMMANDS[finding.severity], { file: source, title: finding.rule }, findingLines(finding)),
    ),
  ];
  const left = lines.length - MAX_ANNOTATIONS;
  const note =
    left > 0 ? [command('notice', { title: 'ggufix' }, [`${formatAmount(left, 'more finding')} not shown`])] : [];
  return [...lines.slice(0, MAX_ANNOTATIONS), ...note].map((line) => `${line}\n`).join('');
}

function findingLines(finding: Finding): string[] {
  return [finding.message, `at byte ${finding.place.offset}`, ...findingDetails(finding)];
}

function command(name: string, properties: Readonly<Record<string, string>>, lines: readonly string[]): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)}`);
  return `::${name} ${list.join(',')}::${lines.map(escapeData).join('%0A')}`;
}

function escapeData(line: string): string {
  return plainText(line).replaceAll('%', '%25');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
