import type { Finding, Severity } from '../../../src/checks/check.js';
import { RULES } from '../../../src/checks/index.js';
import type { CheckedFile } from '../../../src/report/check.js';
import type { ReportContext } from '../../../src/report/formats/report-context.js';

/** What the reports of these tests are made with. */
export const CONTEXT: ReportContext = { version: '1.2.3', rules: RULES };

/** A finding that differs from an ordinary one as given. */
export function finding(given: Partial<Finding> = {}): Finding {
  return {
    rule: 'gemma3n/shared-kv-layers-type',
    severity: 'error',
    message: "key 'gemma3n.attention.shared_kv_layers' is a float32, expected uint32",
    place: { kind: 'metadata', name: 'gemma3n.attention.shared_kv_layers', offset: 120, length: 55 },
    data: {},
    affects: ['ollama >=0.9.3'],
    ...given,
  };
}

/** Text that tries to be markup in every format, with characters that none of them can hold. */
export const HOSTILE =
  '<img src=x onerror=alert(1)> ![a](http://evil/x.png) [b](http://evil) @someone #1 www.evil.example ' +
  '| `c` **d** $e$ & "f" \'g\' ]]> ::error::h %0A%3A\r\n::stop-commands::i\u0000\u001b[31m\u202e\ud800\uffff</details>';

/** A run with everything in it: findings of each severity, fixes, a clean file, one that could not be read, hostile text. */
export const RUN: readonly CheckedFile[] = [
  {
    source: 'models/gemma 3n,ö#1.gguf',
    findings: [
      finding({ fix: { safety: 'safe', title: 'write it as uint32', edits: [] } }),
      finding({
        rule: 'container/final-padding',
        severity: 'warning',
        message: 'no padding',
        affects: [],
        place: { kind: 'file', offset: 0, length: 0 },
      }),
      finding({
        rule: 'naming/none',
        severity: 'info',
        message: 'a rule that is not listed',
        unaffectedTargets: ['x@1'],
      }),
    ],
  },
  { source: './clean.gguf', findings: [] },
  { source: '/abs/gone.gguf', error: { code: 'ENOENT', message: 'no such file' } },
  {
    source: `models/${HOSTILE}.gguf`,
    findings: [
      finding({
        message: HOSTILE,
        place: { kind: 'tensor', name: HOSTILE, offset: 4096, length: 0 },
        affects: [HOSTILE],
        fix: { safety: 'manual', title: HOSTILE, edits: [] },
      }),
    ],
  },
];

/** A file with this many findings, the worst in the middle. */
export function manyFindings(count: number, message: string): CheckedFile {
  const severityOf = (index: number): Severity =>
    index === count >> 1 ? 'error' : index % 2 === 0 ? 'info' : 'warning';
  const findings = Array.from({ length: count }, (_, index) =>
    finding({ severity: severityOf(index), message: `${index} ${message}` }),
  );
  return { source: 'many.gguf', findings };
}
