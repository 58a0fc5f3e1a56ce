import { fingerprintOf } from '../../checks/baseline.js';
import type { Finding, Rule, Severity } from '../../checks/check.js';
import { explainRule } from '../../checks/explain.js';
import type { Place } from '../../gguf/problems.js';
import type { CheckedFile } from '../check.js';
import { formatAmount, formatInteger } from '../format.js';
import { fileUri, isAbsoluteUri } from './file-uri.js';
import { allFindings, type LocatedFinding, unreadFiles, worstFirst } from './pick-findings.js';
import { plainText } from './plain-text.js';
import type { ReportContext } from './report-context.js';

/**
 * GitHub code scanning takes 10 MB, compressed, and 25,000 results. This much text stays below both: a result has more
 * than 400 bytes. The rest is for rules and notes.
 */
const MAX_RESULT_BYTES = 8_000_000;

/** Longest description of a rule that GitHub takes, in characters. */
const MAX_DESCRIPTION = 1024;

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

/** The run as SARIF 2.1.0, within what GitHub code scanning accepts; what was cut is said in a notification. */
export function renderSarif(files: readonly CheckedFile[], { version, rules }: ReportContext): string {
  const found = new Set(allFindings(files).map(({ finding }) => finding.rule));
  const usedRules = rules.filter(({ id }) => found.has(id));
  const results = resultsOf(files, new Map(usedRules.map(({ id }, index) => [id, index])));
  const kept = withinLimits(results);
  const unread = unreadFiles(files);
  const notes = [
    ...unread.map(({ source, error }) => ({
      level: 'error',
      message: { text: messageText(`${error.message} (${error.code})`) },
      locations: [{ physicalLocation: { artifactLocation: artifactLocation(source) } }],
    })),
    ...(kept.length === results.length ? [] : [{ level: 'warning', message: { text: cutNote(results, kept) } }]),
  ];
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'ggufix', version, semanticVersion: version, rules: usedRules.map(sarifRule) } },
        invocations: [{ executionSuccessful: unread.length === 0, toolExecutionNotifications: notes }],
        results: kept.map(({ json }) => json),
      },
    ],
  };
  return `${JSON.stringify(log)}\n`;
}

function sarifRule(rule: Rule) {
  const { id, severity, needs, affects, docs } = rule;
  const help = explainRule(rule);
  const [area = ''] = id.split('/');
  return {
    id,
    shortDescription: { text: cut(docs.summary) },
    fullDescription: { text: cut(docs.why) },
    help: { text: help, markdown: help },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['gguf', area], affects, needs },
  };
}

function cut(text: string): string {
  return text.length <= MAX_DESCRIPTION ? text : `${text.slice(0, MAX_DESCRIPTION - 1)}…`;
}

/** A result that knows which finding it is made of. */
interface Result extends LocatedFinding {
  readonly json: object;
}

function resultsOf(files: readonly CheckedFile[], indexes: ReadonlyMap<string, number>): Result[] {
  const seen = new Map<string, number>();
  return allFindings(files).map(({ source, finding }) => {
    const fingerprint = fingerprintOf(fileUri(source), finding);
    const nth = (seen.get(fingerprint) ?? 0) + 1;
    seen.set(fingerprint, nth);
    const json = sarifResult(source, finding, {
      index: indexes.get(finding.rule),
      fingerprint: `${fingerprint}:${nth}`,
    });
    return { source, finding, json };
  });
}

function sarifResult(source: string, finding: Finding, known: { index: number | undefined; fingerprint: string }) {
  const { rule, severity, message, place, affects, unaffectedTargets, fix } = finding;
  return {
    ruleId: rule,
    ...(known.index === undefined ? {} : { ruleIndex: known.index }),
    level: LEVELS[severity],
    message: { text: messageText(message) },
    locations: [
      {
        physicalLocation: { artifactLocation: artifactLocation(source), region: region(place) },
        ...(place.name === undefined ? {} : { logicalLocations: [logicalLocation(place.kind, place.name)] }),
      },
    ],
    // GitHub tells alerts of one file apart by the second; where it is missing, it hashes the text around the line.
    partialFingerprints: { 'ggufix/v1': known.fingerprint, primaryLocationLineHash: known.fingerprint },
    properties: {
      affects,
      ...(unaffectedTargets === undefined ? {} : { unaffectedTargets }),
      // A SARIF fix is a replacement of text; ours are edits that ggufix makes, so they are only described.
      ...(fix === undefined ? {} : { fix: { safety: fix.safety, title: plainText(fix.title) } }),
    },
  };
}

/** A file within the repository is found from its root, wherever that is checked out. */
function artifactLocation(source: string) {
  const uri = fileUri(source);
  return isAbsoluteUri(uri) ? { uri } : { uri, uriBaseId: '%SRCROOT%' };
}

/** GitHub refuses a region without a line; a GGUF file has none, so all of it is line 1. */
function region({ kind, offset, length }: Place) {
  if (kind === 'file' && length === 0) return { startLine: 1 };
  return { startLine: 1, byteOffset: offset, byteLength: length };
}

function logicalLocation(kind: Place['kind'], name: string) {
  const text = plainText(name);
  return { name: text, fullyQualifiedName: `${kind}/${text}`, kind: kind === 'tensor' ? 'object' : 'property' };
}

/** A message as SARIF has it: `[text](target)` would be a link, so a file must not be able to write one. */
function messageText(text: string): string {
  return plainText(text).replace(/[[\]](?=[^[\]]*\]\()|\](?=\()/g, '\\$&');
}

/** The results that GitHub takes: of too many the worst, in their old order. */
function withinLimits(results: readonly Result[]): Result[] {
  const kept = new Set<object>();
  let bytes = 0;
  for (const result of worstFirst(results)) {
    bytes += Buffer.byteLength(JSON.stringify(result.json)) + 1;
    if (bytes > MAX_RESULT_BYTES) break;
    kept.add(result);
  }
  return results.filter((result) => kept.has(result));
}

function cutNote(results: readonly Result[], kept: readonly Result[]): string {
  const left = formatAmount(results.length - kept.length, 'finding');
  return `${left} of ${formatInteger(results.length)} left out, the least severe: GitHub takes no more. --format json has them all.`;
}
