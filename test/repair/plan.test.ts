import { describe, expect, test } from 'vitest';
import { defineRule, type Fix, type Rule } from '../../src/checks/check.js';
import { simulate } from '../../src/edit/draft.js';
import type { Edit } from '../../src/edit/edits.js';
import { findEntry } from '../../src/gguf/model.js';
import { parseHeader } from '../../src/gguf/parse.js';
import { MAX_REPAIR_PASSES } from '../../src/limits.js';
import { planRepair, type RepairOptions, type RepairPlan } from '../../src/repair/plan.js';
import { changedNames } from '../checks/rule-test.js';
import { type GgufBuilder, gguf } from '../support/gguf-builder.js';

const KEY = 'gemma3n.attention.shared_kv_layers';
const TENSOR = 'per_layer_token_embd.weight';
const KV_RULE = 'gemma3n/shared-kv-layers-type';
const TYPE_RULE = 'gemma3n/per-layer-token-embd-type';

/** A Gemma 3n with the two defects of published files; `extra` goes between metadata and tensors. */
function broken(extra: (file: GgufBuilder) => GgufBuilder = (file) => file): GgufBuilder {
  const start = gguf()
    .metadata('general.architecture', { type: 'string', value: 'gemma3n' })
    .metadata('gemma3n.block_count', { type: 'uint32', value: 30 })
    .metadata('general.quantization_version', { type: 'uint32', value: 2 })
    .metadata(KEY, { type: 'float32', value: 10 });
  return extra(start).tensor(TENSOR, 'Q4_K', [256, 4]).tensor('output_norm.weight', 'F32', [8]);
}

function planOf(file: GgufBuilder, options?: RepairOptions): RepairPlan {
  return planRepair(parseHeader(file.bytes()), options);
}

const rulesOf = (items: readonly { readonly rule: string }[]): string[] => items.map(({ rule }) => rule);
const isUntouched = { edits: [], applied: [] };

describe('planRepair', () => {
  test('applies both documented fixes in one plan and changes nothing else', () => {
    const header = parseHeader(broken().bytes());
    const plan = planRepair(header);
    expect(plan.applied).toMatchObject([
      { rule: KV_RULE, safety: 'safe', title: `Write ${KEY} as uint32 instead of float32 10` },
      { rule: TYPE_RULE, safety: 'safe', title: `Requantize ${TENSOR} from Q4_K to Q5_1` },
    ]);
    expect(plan.edits).toEqual([
      { op: 'retype-metadata', key: KEY, to: 'uint32' },
      { op: 'retype-tensor', name: TENSOR, to: 'Q5_1' },
    ]);
    expect(plan).toMatchObject({ remaining: [], blockedBy: [] });
    expect(changedNames(header, simulate(plan.draft!))).toEqual({ keys: [KEY], tensors: [TENSOR] });
  });

  test('a repaired file needs no repair', () => {
    const repaired = simulate(planOf(broken()).draft!);
    expect(planRepair(repaired)).toEqual({ ...isUntouched, remaining: [], blockedBy: [] });
  });

  test('does not change the header that it is given', () => {
    const bytes = broken().bytes();
    const header = parseHeader(bytes);
    planRepair(header);
    expect(header).toEqual(parseHeader(broken().bytes()));
  });

  test('fixes and reports only what is selected', () => {
    const only = planOf(broken(), { only: [KV_RULE] });
    expect([rulesOf(only.applied), rulesOf(only.remaining)]).toEqual([[KV_RULE], []]);
    const ignored = planOf(broken(), { ignore: ['gemma3n'] });
    expect(ignored).toEqual({ ...isUntouched, remaining: [], blockedBy: [] });
    expect(() => planOf(broken(), { only: ['none'] })).toThrow(expect.objectContaining({ code: 'bad-option' }));
  });

  test('leaves unsafe fixes alone until they are allowed', () => {
    const choices = { types: new Map([[TENSOR, 'Q4_0']] as const) };
    const file = broken((start) => start).tensor('other', 'F32', [8]);
    const fewer = gguf().tensor(TENSOR, 'Q6_K', [256]);
    expect(rulesOf(planOf(file, { choices }).applied)).toEqual([KV_RULE, TYPE_RULE]);
    expect(planOf(fewer, { choices })).toMatchObject({
      ...isUntouched,
      remaining: [{ rule: TYPE_RULE, fix: { safety: 'unsafe' } }],
    });
    expect(planOf(fewer, { choices, allow: 'unsafe' })).toMatchObject({
      applied: [{ rule: TYPE_RULE, safety: 'unsafe' }],
      remaining: [],
    });
  });

  test('what cannot be fixed remains', () => {
    const plan = planOf(
      broken((file) => file.metadata('other.attention.shared_kv_layers', { type: 'float32', value: 0.5 })),
    );
    expect(rulesOf(plan.applied)).toEqual([KV_RULE, TYPE_RULE]);
    expect(plan.remaining).toMatchObject([{ rule: KV_RULE, place: { name: 'other.attention.shared_kv_layers' } }]);
    expect(plan.draft).toBeDefined();
  });

  test('a container defect with a fix is repaired along with the rest', () => {
    const plan = planOf(broken((file) => file.metadata('general.alignment', { type: 'int32', value: 32 })));
    expect(rulesOf(plan.applied).sort()).toEqual(['container/alignment', TYPE_RULE, KV_RULE].sort());
    expect(findEntry(simulate(plan.draft!), 'general.alignment')?.type).toBe('uint32');
  });
});

describe('a file that no fix makes readable is left alone', () => {
  test.each<[string, GgufBuilder, string]>([
    ['an unreadable header', broken().version(4), 'container/version'],
    ['a cut header', broken().cutAt(200), 'container/truncated-header'],
    ['cut tensor data', broken().cutAt(-40), 'container/data-truncated'],
    ['a removed tensor type', broken().tensor('old', 31, [32]), 'container/tensor-type'],
    ['two tensors of one name', broken().tensor('output_norm.weight', 'F32', [8]), 'container/tensor-name-duplicate'],
    ['overlapping tensors', broken().tensor('late', 'F32', [8], { offset: 0 }), 'container/tensor-offset'],
    [
      'two values of one key',
      broken((file) => file.metadata('general.architecture', { type: 'string', value: 'gemma4' })),
      'container/key-duplicate',
    ],
  ])('%s', (_what, file, rule) => {
    const header = parseHeader(file.bytes());
    const plan = planRepair(header);
    expect(plan).toMatchObject(isUntouched);
    expect(plan.draft).toBeUndefined();
    expect(plan.blockedBy).not.toEqual([]);
    expect(header.problems).toEqual(expect.arrayContaining([...plan.blockedBy]));
    expect(rulesOf(plan.remaining)).toContain(rule);
    expect(plan.remaining.every((finding) => finding.place.offset <= header.fileSize)).toBe(true);
  });

  test('a gap between tensors is no obstacle: writing closes it', () => {
    const file = broken().tensor('late', 'F32', [8], { offset: 640 }).trailing(new Uint8Array(64));
    const plan = planOf(file);
    expect(rulesOf(plan.applied)).toEqual([KV_RULE, TYPE_RULE, 'container/tensor-offset']);
    expect(plan).toMatchObject({ remaining: [], blockedBy: [] });
  });
});

describe('a fix that does not settle', () => {
  const header = parseHeader(broken().bytes());
  const set = (key: string, value: number): Edit => ({ op: 'set-metadata', key, value: { type: 'uint32', value } });

  /** Finds the file as long as `isWrong` says so. */
  function rule(id: string, isWrong: Rule['find'], fix?: () => Fix): Rule {
    const docs = { summary: '', why: '', example: '', remedy: '', fix: '', sources: [] };
    const common = { id, severity: 'error', needs: 'header', affects: [], docs, describe: () => id } as const;
    return defineRule({ ...common, find: isWrong, ...(fix === undefined ? {} : { fix }) });
  }
  const place = { kind: 'file', offset: 0, length: 0 } as const;
  const safe = (edits: readonly Edit[]) => (): Fix => ({ safety: 'safe', title: 'Mend it', edits });

  test('is refused where it brings in a kind of finding that was not there', () => {
    const wanted = rule(
      'a/wanted',
      ({ header }) => (findEntry(header, 'a') ? [] : [{ place, data: 1 }]),
      safe([set('a', 1)]),
    );
    const against = rule('b/against', ({ header }) => (findEntry(header, 'a') ? [{ place, data: 1 }] : []));
    const error = {
      code: 'fix-regressed',
      details: { introduced: ['b/against'] },
      message: "'Mend it' would bring in b/against",
    };
    expect(() => planRepair(header, { rules: [wanted, against] })).toThrow(expect.objectContaining(error));
    expect(() => planRepair(header, { rules: [wanted, against], ignore: ['b'] })).toThrow(
      expect.objectContaining(error),
    );
    expect(planRepair(header, { rules: [wanted] }).edits).toEqual([set('a', 1)]);
  });

  test('is given up after so many passes', () => {
    const never = rule('a/never', () => [{ place, data: 1 }], safe([set('a', 1)]));
    expect(() => planRepair(header, { rules: [never] })).toThrow(
      expect.objectContaining({
        code: 'fix-regressed',
        message: `fixes did not settle within ${MAX_REPAIR_PASSES} passes`,
      }),
    );
  });

  test('a second fix of the same key follows in the next pass', () => {
    const missing =
      (key: string): Rule['find'] =>
      ({ header }) =>
        findEntry(header, key) ? [] : [{ place, data: 1 }];
    const rules = [
      rule('a/one', missing('b'), safe([set('a', 1), set('b', 1)])),
      rule('a/two', missing('c'), safe([set('a', 2), set('c', 2)])),
    ];
    const plan = planRepair(header, { rules });
    expect(rulesOf(plan.applied)).toEqual(['a/one', 'a/two']);
    expect(
      simulate(plan.draft!)
        .metadata.map(({ key }) => key)
        .slice(-3),
    ).toEqual(['a', 'b', 'c']);
  });
});
