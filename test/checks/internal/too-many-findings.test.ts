import { expect, test } from 'vitest';
import { defineRule } from '../../../src/checks/check.js';
import { tooManyFindings } from '../../../src/checks/internal/too-many-findings.js';
import { runChecks } from '../../../src/checks/run.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { MAX_FINDINGS_PER_RULE } from '../../../src/limits.js';
import { cleanFile, findingsOf } from '../rule-test.js';

/** Checks a clean file with one rule that finds `count` faults in it. */
function findingsOfRule(count: number) {
  const rule = defineRule<number>({
    ...tooManyFindings,
    id: 'test/finds-many',
    severity: 'error',
    *find() {
      for (let i = 0; i < count; i += 1) yield { place: { kind: 'file', offset: i, length: 1 }, data: i };
    },
    describe: (i) => `fault ${i}`,
  });
  return runChecks(parseHeader(cleanFile().bytes()), { rules: [rule] });
}

test('finds nothing by itself: only the engine knows', () => {
  expect(findingsOf(tooManyFindings, cleanFile().bytes())).toEqual([]);
});

test('a rule is stopped after its first findings, and that is said', () => {
  const findings = findingsOfRule(MAX_FINDINGS_PER_RULE + 1);
  expect(findings).toHaveLength(MAX_FINDINGS_PER_RULE + 1);
  expect(findings.filter(({ rule }) => rule !== 'test/finds-many')).toMatchObject([
    {
      rule: 'internal/too-many-findings',
      severity: 'info',
      message: expect.stringMatching(/finds-many found more than 1000/),
    },
  ]);
});

test('exactly as many as allowed are not too many', () => {
  expect(findingsOfRule(MAX_FINDINGS_PER_RULE)).toHaveLength(MAX_FINDINGS_PER_RULE);
});
