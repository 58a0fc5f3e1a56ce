import { describe, expect, test } from 'vitest';
import { acceptedCounts, BaselineWriter, fingerprintOf, newFindings } from '../../src/checks/baseline.js';
import type { Finding } from '../../src/checks/check.js';

function finding(rule: string, name?: string, offset = 0): Finding {
  const place = { kind: 'metadata', offset, length: 4, ...(name === undefined ? {} : { name }) } as const;
  return { rule, severity: 'error', message: `at ${offset}`, place, data: {}, affects: [] };
}

const FILE = 'a/m.gguf';

describe('a fingerprint', () => {
  test('does not depend on place in bytes and words', () => {
    expect(fingerprintOf(FILE, finding('r/x', 'k', 1))).toBe(fingerprintOf(FILE, finding('r/x', 'k', 2)));
    expect(fingerprintOf(FILE, finding('r/x', 'k'))).toMatch(/^[0-9a-f]{32}$/);
  });

  test('depends on file, rule and name', () => {
    const same = fingerprintOf(FILE, finding('r/x', 'k'));
    expect(fingerprintOf('b/m.gguf', finding('r/x', 'k'))).not.toBe(same);
    expect(fingerprintOf(FILE, finding('r/y', 'k'))).not.toBe(same);
    expect(fingerprintOf(FILE, finding('r/x', 'l'))).not.toBe(same);
    expect(fingerprintOf(FILE, finding('r/x'))).not.toBe(same);
  });
});

describe('a baseline', () => {
  const twice = [finding('r/x', 'k', 1), finding('r/x', 'k', 2), finding('r/y')];

  test('counts, in an order of its own', () => {
    const [forwards, backwards] = [new BaselineWriter(), new BaselineWriter()];
    forwards.add({ file: 'a', findings: twice });
    forwards.add({ file: 'b', findings: [finding('r/y')] });
    backwards.add({ file: 'b', findings: [finding('r/y')] });
    backwards.add({ file: 'a', findings: twice.toReversed() });
    expect(forwards.baseline()).toEqual(backwards.baseline());
    expect(forwards.baseline().findings).toMatchObject([
      { file: 'a', rule: 'r/x', name: 'k', count: 2 },
      { file: 'a', rule: 'r/y', count: 1 },
      { file: 'b', rule: 'r/y', count: 1 },
    ]);
  });

  test('accepts as many as it counts, and no other', () => {
    const writer = new BaselineWriter();
    writer.add({ file: FILE, findings: twice });
    const counts = acceptedCounts(writer.baseline());
    expect(newFindings({ file: FILE, findings: twice }, counts)).toEqual([]);
    const third = finding('r/x', 'k', 3);
    const other = finding('r/x', 'l');
    expect(newFindings({ file: FILE, findings: [...twice, third, other] }, counts)).toEqual([third, other]);
    expect(newFindings({ file: 'elsewhere', findings: twice }, counts)).toEqual(twice);
  });
});
