import { describe, expect, test } from 'vitest';
import { RULES } from '../../src/checks/index.js';
import { type RuleSelection, ruleSelector } from '../../src/checks/select.js';

const selected = (selection: RuleSelection): string[] =>
  RULES.map(({ id }) => id).filter(ruleSelector(RULES, selection));

describe('ruleSelector', () => {
  test('takes every rule where nothing is said', () => {
    expect(selected({})).toHaveLength(RULES.length);
    expect(selected({ only: [], ignore: [] })).toHaveLength(RULES.length);
  });

  test.each(['gemma3n', 'gemma3n/*'])('takes all of an area by %s', (pattern) => {
    const area = RULES.map(({ id }) => id).filter((id) => id.startsWith('gemma3n/'));
    expect(area.length).toBeGreaterThan(1);
    expect(selected({ only: [pattern] })).toEqual(area);
  });

  test('takes one by its id, and leaves out what is ignored', () => {
    expect(selected({ only: ['container/magic'] })).toEqual(['container/magic']);
    const rest = selected({ only: ['gemma3n'], ignore: ['gemma3n/shared-kv-layers-type'] });
    expect(rest).toContain('gemma3n/per-layer-token-embd-type');
    expect(rest).not.toContain('gemma3n/shared-kv-layers-type');
    expect(selected({ ignore: ['container'] })).not.toContain('container/magic');
  });

  test.each(['container/magi', 'magic', 'contain', '', '/', '*', 'container/'])(
    'refuses %j, which names nothing',
    (pattern) => {
      const problem = `no rule or area is called '${pattern}'`;
      const refusal = expect.objectContaining({
        code: 'bad-option',
        message: problem,
        details: { problems: [problem] },
      });
      expect(() => selected({ only: [pattern] })).toThrow(refusal);
      expect(() => selected({ ignore: [pattern] })).toThrow(refusal);
    },
  );

  test('names all that is unknown', () => {
    expect(() => selected({ only: ['a', 'container'], ignore: ['b'] })).toThrow(
      "called 'a'; no rule or area is called 'b'",
    );
  });
});
