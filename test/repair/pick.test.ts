import { describe, expect, test } from 'vitest';
import type { Finding, Safety } from '../../src/checks/check.js';
import type { Edit } from '../../src/edit/edits.js';
import { pickFixes } from '../../src/repair/pick.js';

const remove = (key: string): Edit => ({ op: 'remove-metadata', key });
const rename = (key: string, to: string): Edit => ({ op: 'rename-metadata', key, to });
const retype = (name: string): Edit => ({ op: 'retype-tensor', name, to: 'F16' });

function finding(rule: string, edits?: readonly Edit[], safety: Safety = 'safe'): Finding {
  const place = { kind: 'file', offset: 0, length: 0 } as const;
  const bare: Finding = { rule, severity: 'error', message: '', place, data: undefined, affects: [] };
  return edits === undefined ? bare : { ...bare, fix: { safety, title: `fix ${rule}`, edits } };
}

const picked = (findings: readonly Finding[], allowed: 'safe' | 'unsafe' = 'safe'): string[] =>
  pickFixes(findings, allowed).map(({ rule }) => rule);

describe('pickFixes', () => {
  test('takes what is as safe as allowed, and never a manual fix', () => {
    const findings = [
      finding('a/safe', [remove('a')], 'safe'),
      finding('a/unsafe', [remove('b')], 'unsafe'),
      finding('a/manual', [remove('c')], 'manual'),
    ];
    expect(picked(findings)).toEqual(['a/safe']);
    expect(picked(findings, 'unsafe')).toEqual(['a/safe', 'a/unsafe']);
  });

  test('passes over findings without a fix, or with one that does nothing', () => {
    expect(picked([finding('a/none'), finding('a/empty', [])])).toEqual([]);
  });

  test('of two fixes for one key or tensor the later one waits', () => {
    expect(picked([finding('a/one', [remove('a')]), finding('a/two', [remove('b'), remove('a')])])).toEqual(['a/one']);
    expect(picked([finding('a/one', [rename('a', 'b')]), finding('a/two', [remove('b')])])).toEqual(['a/one']);
    expect(picked([finding('a/one', [retype('t')]), finding('a/two', [retype('t')])])).toEqual(['a/one']);
  });

  test('a fix that waits does not hold up the ones behind it', () => {
    const findings = [
      finding('a/one', [remove('a')]),
      finding('a/two', [remove('a'), remove('b')]),
      finding('a/three', [remove('b')]),
    ];
    expect(picked(findings)).toEqual(['a/one', 'a/three']);
  });

  test('a key and a tensor of the same name are two things', () => {
    expect(picked([finding('a/one', [remove('x')]), finding('a/two', [retype('x')])])).toEqual(['a/one', 'a/two']);
  });
});
