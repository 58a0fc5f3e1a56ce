import { describe, expect, test } from 'vitest';
import { defineRule, type Finding, type Rule } from '../../src/checks/check.js';
import { runChecks, verdictOf } from '../../src/checks/run.js';
import { GgufError } from '../../src/errors.js';
import { parseHeader } from '../../src/gguf/parse.js';
import { cleanFile } from './rule-test.js';

const header = parseHeader(cleanFile().bytes());

/** A rule that finds something at each of the offsets. */
function ruleAt(id: string, offsets: readonly number[], rest: Partial<Rule<number>> = {}): Rule {
  return defineRule<number>({
    id,
    severity: 'warning',
    needs: 'header',
    affects: ['somebody *'],
    docs: { summary: '', why: '', example: '', remedy: '', fix: '', sources: [] },
    find: () => offsets.map((offset) => ({ place: { kind: 'file', offset, length: 1 }, data: offset })),
    describe: (offset) => `found at ${offset}`,
    ...rest,
  });
}

const boom = (): never => {
  throw new Error('boom');
};
const briefly = (findings: readonly Finding[]): string[] => findings.map(({ rule, message }) => `${rule}: ${message}`);

describe('runChecks', () => {
  test('finds nothing in a clean file but that it is a part of a model', () => {
    expect(runChecks(header)).toMatchObject([{ rule: 'tensor/expected-tensors', severity: 'info' }]);
  });

  test('sorts by place, then by rule, whatever the order of the rules', () => {
    const rules = [ruleAt('b/one', [9, 5]), ruleAt('a/one', [7, 5])];
    const sorted = ['a/one: found at 5', 'b/one: found at 5', 'a/one: found at 7', 'b/one: found at 9'];
    expect(briefly(runChecks(header, { rules }))).toEqual(sorted);
    expect(briefly(runChecks(header, { rules: rules.toReversed() }))).toEqual(sorted);
  });

  test('a finding carries words, data, place and whom it affects', () => {
    expect(runChecks(header, { rules: [ruleAt('a/one', [7])] })).toEqual([
      {
        rule: 'a/one',
        severity: 'warning',
        message: 'found at 7',
        place: { kind: 'file', offset: 7, length: 1 },
        data: 7,
        affects: ['somebody *'],
      },
    ]);
  });

  test('runs what is selected only', () => {
    const rules = [ruleAt('a/one', [1]), ruleAt('b/one', [2])];
    expect(briefly(runChecks(header, { rules, only: ['b'] }))).toEqual(['b/one: found at 2']);
    expect(briefly(runChecks(header, { rules, ignore: ['b'] }))).toEqual(['a/one: found at 1']);
  });

  test.each<[string, Partial<Rule<number>>, string[]]>([
    ['find', { find: boom }, []],
    ['describe', { describe: boom }, []],
    ['fix', { fix: boom }, ['a/one: found at 3']],
  ])('a crash in %s is a finding and does not stop the other rules', (_where, rest, own) => {
    const findings = runChecks(header, { rules: [ruleAt('a/one', [3], rest), ruleAt('b/one', [4])] });
    expect(briefly(findings)).toEqual([
      'internal/check-crashed: rule a/one crashed: boom',
      ...own,
      'b/one: found at 4',
    ]);
    expect(verdictOf(findings)).toBe('fail');
  });

  test('a rule that crashes later keeps what it found', () => {
    const find: Rule<number>['find'] = function* () {
      yield { place: { kind: 'file', offset: 3, length: 1 }, data: 3 };
      boom();
    };
    expect(briefly(runChecks(header, { rules: [ruleAt('a/one', [], { find })] }))).toEqual([
      'internal/check-crashed: rule a/one crashed: boom',
      'a/one: found at 3',
    ]);
  });

  test('an error of fix about the choices of the user stops the run', () => {
    const fix = (): never => {
      throw new GgufError('bad-option', 'no such file', { problems: ['no such file'] });
    };
    expect(() => runChecks(header, { rules: [ruleAt('a/one', [3], { fix })] })).toThrow('no such file');
  });
});

describe('verdictOf', () => {
  const finding = (severity: Finding['severity']): Finding[] =>
    runChecks(header, { rules: [ruleAt('a/one', [1], { severity })] });

  test('only errors fail a file', () => {
    expect(verdictOf([])).toBe('pass');
    expect(verdictOf([...finding('warning'), ...finding('info')])).toBe('pass');
    expect(verdictOf([...finding('warning'), ...finding('error')])).toBe('fail');
  });
});
