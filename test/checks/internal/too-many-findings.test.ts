import { expect, test } from 'vitest';
import { tooManyFindings } from '../../../src/checks/internal/too-many-findings.js';
import { runChecks } from '../../../src/checks/run.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { MAX_FINDINGS_PER_RULE } from '../../../src/limits.js';
import { cleanFile, findingsOf } from '../rule-test.js';

/** As many entries with an empty key: i32 type 0, one byte. */
function withEmptyKeys(count: number) {
  let file = cleanFile().counts({ keys: BigInt(2 + count) });
  const entry = Buffer.alloc(8 + 4 + 1);
  file = file.rawEntry(Buffer.concat(Array.from({ length: count }, () => entry)));
  return parseHeader(file.bytes());
}

test('finds nothing by itself: only the engine knows', () => {
  expect(findingsOf(tooManyFindings, cleanFile().bytes())).toEqual([]);
});

test('a rule is stopped after its first findings, and that is said', () => {
  const findings = runChecks(withEmptyKeys(MAX_FINDINGS_PER_RULE + 1));
  expect(findings).toHaveLength(MAX_FINDINGS_PER_RULE + 1);
  expect(findings.filter(({ rule }) => rule !== 'container/key-empty')).toMatchObject([
    {
      rule: 'internal/too-many-findings',
      severity: 'info',
      message: expect.stringMatching(/key-empty found more than 1000/),
    },
  ]);
});

test('exactly as many as allowed are not too many', () => {
  expect(runChecks(withEmptyKeys(MAX_FINDINGS_PER_RULE))).toHaveLength(MAX_FINDINGS_PER_RULE);
});
