import type { Finding } from '../../checks/check.js';
import type { CheckedFile } from '../check.js';
import { findingDetails } from '../finding-lines.js';
import { escapeXml } from './escape-xml.js';

/**
 * The run as JUnit XML: a suite a file and a test case for each rule that found something, so that a case keeps its
 * name from run to run. Errors are failures; warnings and advice are output of a case that passes. A file without
 * findings is one case that passes, one that could not be read is an error.
 */
export function renderJunit(files: readonly CheckedFile[]): string {
  const suites = files.map(suiteOf);
  const body = suites.map(suiteXml).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="ggufix check"${countsXml(suites)}>\n${body}</testsuites>\n`;
}

interface TestCase {
  readonly name: string;
  /** `failure` and `error` as JUnit means them: the check says no, or there was no check. */
  readonly outcome: 'pass' | 'failure' | 'error';
  readonly type: string;
  /** The first line is the short message. */
  readonly lines: readonly string[];
}

interface Suite {
  readonly source: string;
  readonly cases: readonly TestCase[];
}

function suiteOf(file: CheckedFile): Suite {
  const { source } = file;
  if ('error' in file) {
    const { code, message } = file.error;
    return { source, cases: [{ name: 'read', outcome: 'error', type: code, lines: [message] }] };
  }
  const ofRule = new Map<string, Finding[]>();
  for (const finding of file.findings) ofRule.set(finding.rule, [...(ofRule.get(finding.rule) ?? []), finding]);
  if (ofRule.size === 0) return { source, cases: [{ name: 'no findings', outcome: 'pass', type: '', lines: [] }] };
  return { source, cases: [...ofRule].map(([rule, findings]) => caseOf(rule, findings)) };
}

function caseOf(name: string, findings: readonly Finding[]): TestCase {
  const isFailure = findings.some(({ severity }) => severity === 'error');
  return { name, outcome: isFailure ? 'failure' : 'pass', type: name, lines: findings.flatMap(findingLines) };
}

function findingLines(finding: Finding): string[] {
  const { severity, message, place } = finding;
  return [`${severity}: ${message} (byte ${place.offset})`, ...findingDetails(finding).map((line) => `  ${line}`)];
}

function suiteXml(suite: Suite): string {
  const { source, cases } = suite;
  const name = escapeXml(source);
  const body = cases.map((one) => caseXml(one, name)).join('');
  return `  <testsuite name="${name}"${countsXml([suite])}>\n${body}  </testsuite>\n`;
}

function caseXml({ name, outcome, type, lines }: TestCase, file: string): string {
  const open = `    <testcase name="${escapeXml(name)}" classname="${file}" file="${file}"`;
  const text = lines.map(escapeXml).join('\n');
  if (outcome === 'pass') {
    return lines.length === 0 ? `${open}/>\n` : `${open}>\n      <system-out>${text}</system-out>\n    </testcase>\n`;
  }
  const message = escapeXml(lines[0] ?? '');
  return `${open}>\n      <${outcome} type="${escapeXml(type)}" message="${message}">${text}</${outcome}>\n    </testcase>\n`;
}

function countsXml(suites: readonly Suite[]): string {
  const cases = suites.flatMap((suite) => suite.cases);
  const count = (wanted: TestCase['outcome']): number => cases.filter(({ outcome }) => outcome === wanted).length;
  return ` tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}"`;
}
