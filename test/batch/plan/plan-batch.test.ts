import { describe, expect, test } from 'vitest';
import type { ManifestOutput } from '../../../src/batch/manifest/manifest.js';
import type { StepName } from '../../../src/batch/plan/job.js';
import { inPlaceSteps } from '../../../src/batch/plan/output-steps.js';
import { planBatch } from '../../../src/batch/plan/plan-batch.js';
import type { PlanOptions } from '../../../src/batch/plan/plan-options.js';
import type { OutputWork } from '../../../src/batch/plan/work.js';
import type { SurveyedModel } from '../../../src/batch/survey/surveyed.js';
import { type OutputChange, planOptions, surveyedModel, surveyedOutput } from '../support/survey.js';

const IMATRIX = { kind: 'make', text: '/b/t.txt', identity: 'text', path: 'm.imatrix.gguf' } as const;
const EVALUATION = { text: '/b/e.txt', identity: 'eval', scoresBytes: 5000 } as const;
const FULL = surveyedModel({ imatrix: IMATRIX, evaluation: EVALUATION });
const OPTIONS = planOptions({ splitSize: 100 });

/** The keys of all steps of a plan, by job and step. */
function keysOf(model: SurveyedModel, options: PlanOptions): ReadonlyMap<string, string> {
  const { jobs } = planBatch([model], options);
  return new Map(jobs.flatMap(({ kind, steps }) => steps.map(({ name, key }) => [`${kind} ${name}`, key])));
}

const ALL = ['source source', 'imatrix imatrix', 'scores scores'].concat(
  ['make', 'fix', 'check', 'evaluate', 'split', 'hash', 'publish'].map((step) => `output ${step}`),
);
const OUTPUT = ALL.slice(3);
const without = (...names: readonly string[]): string[] => ALL.filter((name) => !names.includes(name));
const withOutput = (change: OutputChange): Partial<SurveyedModel> => ({ outputs: [surveyedOutput(change)] });
const inputs = (change: Partial<PlanOptions['inputs']>): PlanOptions => ({
  ...OPTIONS,
  inputs: { ...OPTIONS.inputs, ...change },
});
const settings = (change: Partial<PlanOptions['settings']>): PlanOptions => ({
  ...OPTIONS,
  settings: { ...OPTIONS.settings, ...change },
});

describe('keys', () => {
  test('are of every step, each another', () => {
    const keys = keysOf(FULL, OPTIONS);
    expect([...keys.keys()]).toEqual(ALL);
    expect(new Set(keys.values()).size).toBe(ALL.length);
    expect(keysOf(FULL, OPTIONS)).toEqual(keys);
  });

  const MUTATIONS: readonly (readonly [string, Partial<SurveyedModel>, PlanOptions, readonly string[]])[] = [
    ['the model', { identity: 'other' }, OPTIONS, ALL],
    ['its id', { id: 'n.gguf' }, OPTIONS, ALL],
    [
      'the imatrix text',
      { imatrix: { ...IMATRIX, identity: 'x' } },
      OPTIONS,
      without('source source', 'scores scores'),
    ],
    ['the imatrix chunks', { imatrix: { ...IMATRIX, chunks: 5 } }, OPTIONS, without('source source', 'scores scores')],
    [
      'the evaluation text',
      { evaluation: { ...EVALUATION, identity: 'x' } },
      OPTIONS,
      ['scores scores', 'output evaluate'],
    ],
    [
      'the evaluation chunks',
      { evaluation: { ...EVALUATION, chunks: 5 } },
      OPTIONS,
      ['scores scores', 'output evaluate'],
    ],
    ['the types', withOutput({ weights: 'x' }), OPTIONS, OUTPUT],
    ['what is set', withOutput({ set: { a: 1 } }), OPTIONS, OUTPUT],
    ['the name', withOutput({ path: 'x.gguf' }), OPTIONS, OUTPUT],
    ['the engine', {}, inputs({ engine: 'x' }), OUTPUT],
    ['llama-imatrix', {}, inputs({ imatrix: 'x' }), without('source source', 'scores scores')],
    ['llama-perplexity', {}, inputs({ perplexity: 'x' }), ['scores scores', 'output evaluate']],
    ['ggufix', {}, inputs({ ggufix: 'x' }), ['output check']],
    ['the config', {}, inputs({ config: 'x' }), ['output check']],
    ['the check', {}, settings({ check: { profile: 'quick', targets: [] } }), ['output check']],
    ['the split size', {}, settings({ splitSize: 50 }), ['output split', 'output hash', 'output publish']],
    [
      'its own split size',
      withOutput({ wanted: { splitSize: 50 } }),
      OPTIONS,
      ['output split', 'output hash', 'output publish'],
    ],
  ];

  test.each(MUTATIONS)('go with %s', (_title, model, options, changed) => {
    const before = keysOf(FULL, OPTIONS);
    const after = keysOf({ ...FULL, ...model }, options);
    expect(ALL.filter((name) => after.get(name) !== before.get(name))).toEqual(changed);
  });

  test.each<readonly [string, Partial<SurveyedModel>, PlanOptions]>([
    ['the place of the files', { files: ['/mnt/other/m.gguf'] }, OPTIONS],
    [
      'the place of the texts',
      { imatrix: { ...IMATRIX, text: '/mnt/t.txt' }, evaluation: { ...EVALUATION, text: '/mnt/e' } },
      OPTIONS,
    ],
    ['predicted sizes', withOutput({ bytes: 7, isExact: false }), OPTIONS],
    ['notes', withOutput({ notes: ['a note'] }), OPTIONS],
    ['what to do with files of others', {}, settings({ existing: 'overwrite' })],
    ['estimates', { largestTensor: 5000, evaluation: { ...EVALUATION, scoresBytes: 1 } }, OPTIONS],
  ])('do not go with %s', (_title, model, options) => {
    expect(keysOf({ ...FULL, ...model }, options)).toEqual(keysOf(FULL, OPTIONS));
  });

  test('an imatrix that is there counts by what is in it', () => {
    const file = (identity: string): SurveyedModel => ({ ...FULL, imatrix: { kind: 'file', file: '/i', identity } });
    const keys = keysOf(file('a'), OPTIONS);
    expect(keys.has('imatrix imatrix')).toBe(false);
    expect(keysOf(file('b'), OPTIONS).get('output make')).not.toBe(keys.get('output make'));
  });

  test('what uses no imatrix, no scores or no quantizer does not go with them', () => {
    const plain = { ...FULL, ...withOutput({ wanted: { imatrix: false, evaluate: false } }) };
    const other = { ...plain, imatrix: { ...IMATRIX, identity: 'x' }, evaluation: { ...EVALUATION, identity: 'x' } };
    expect(keysOf(other, OPTIONS).get('output publish')).toBe(keysOf(plain, OPTIONS).get('output publish'));
    const fix = { ...plain, ...withOutput({ wanted: { imatrix: false, evaluate: false, making: FIX } }) };
    expect(keysOf(fix, inputs({ engine: 'x' }))).toEqual(keysOf(fix, OPTIONS));
  });

  const FIX = { kind: 'fix', allow: 'safe', inPlace: false } as const;
});

describe('jobs', () => {
  test('come after what they need, which is made once', () => {
    const outputs = ['a', 'b'].map((name) => surveyedOutput({ path: `${name}.gguf` }));
    const { jobs, works } = planBatch([{ ...FULL, outputs }], OPTIONS);
    const shared = ['source of m.gguf', 'imatrix of m.gguf', 'scores of m.gguf'];
    expect(jobs.map(({ id, after }) => [id, after])).toEqual([
      ...shared.map((id) => [id, []]),
      ['a.gguf', shared],
      ['b.gguf', shared],
    ]);
    expect([...works.keys()]).toEqual(jobs.map(({ id }) => id));
  });

  test('ids are unique, also where two entries name one model', () => {
    const one = { ...FULL, outputs: [surveyedOutput({ path: 'a.gguf' })] };
    const same = { ...FULL, outputs: [surveyedOutput({ path: 'b.gguf' })] };
    const other = {
      ...same,
      evaluation: { ...EVALUATION, identity: 'x' },
      outputs: [surveyedOutput({ path: 'c.gguf' })],
    };
    const { jobs } = planBatch([one, same, other], OPTIONS);
    const ids = jobs.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(jobs.filter(({ kind }) => kind === 'source')).toHaveLength(1);
    expect(jobs.filter(({ kind }) => kind === 'scores')).toHaveLength(2);
    for (const { after } of jobs) for (const id of after) expect(ids).toContain(id);
    const needs = (id: string) => jobs.find((job) => job.id === id)?.after;
    expect(needs('b.gguf')).toEqual(needs('a.gguf'));
    expect(needs('c.gguf')).not.toEqual(needs('a.gguf'));
  });

  test('only an output that quantizes reads its source, and only those that are measured wait for scores', () => {
    const making = { kind: 'fix', allow: 'safe', inPlace: false } as const;
    const fix = surveyedOutput({ wanted: { making, imatrix: false, evaluate: false } });
    expect(planBatch([surveyedModel({ outputs: [fix] })], OPTIONS).jobs.map(({ id }) => id)).toEqual(['m-Q4_K_M.gguf']);
  });

  test('a model that cannot be read is one job with a problem', () => {
    const problem = { code: 'header-unreadable', message: 'cut off' };
    const { jobs } = planBatch([surveyedModel({ outputs: [], problem }), surveyedModel({ id: 'n.gguf' })], OPTIONS);
    expect(jobs[0]).toMatchObject({ id: 'source of m.gguf', problem });
    expect(jobs.filter((job) => job.problem === undefined).length).toBeGreaterThan(0);
  });

  test('check: false leaves the check out', () => {
    const names = planBatch([surveyedModel()], planOptions({ check: false }))
      .jobs.at(-1)
      ?.steps.map(({ name }) => name);
    expect(names).toEqual(['make', 'fix', 'hash', 'publish'] satisfies StepName[]);
  });

  test('room: split outputs are written twice, scores stay beside, models that run are in memory', () => {
    const whole = planBatch([FULL], planOptions()).jobs;
    const split = planBatch([FULL], OPTIONS).jobs;
    expect(whole.at(-1)?.scratchBytes).toBe(400);
    expect(split.at(-1)?.scratchBytes).toBe(800);
    expect(whole.find(({ kind }) => kind === 'scores')?.scratchBytes).toBe(5000);
    for (const job of whole.slice(1)) expect(job.memoryBytes).toBeGreaterThan(2 ** 30);
  });

  test('an output that is called as the job it needs is refused: it would wait for itself', () => {
    const plan = (...models: readonly SurveyedModel[]) => planBatch(models, OPTIONS);
    const other = surveyedModel({ id: 'n.gguf', outputs: [surveyedOutput({ path: 'source of m.gguf' })] });
    const message = /^no output can be called 'source of m\.gguf'/;
    expect(() => plan(surveyedModel({ outputs: other.outputs }))).toThrow(message);
    expect(() => plan(surveyedModel(), other)).toThrow(message);
    const making = { kind: 'fix', allow: 'safe', inPlace: true } as const;
    const fixed = surveyedModel({ outputs: [surveyedOutput({ path: '/b/m.gguf', wanted: { making } })] });
    const named = surveyedModel({ id: 'n.gguf', outputs: [surveyedOutput({ path: 'fix of m.gguf' })] });
    expect(() => plan(fixed, named)).toThrow(/^no output can be called 'fix of m\.gguf'/);
  });

  test('notes name their output', () => {
    const notes = ['keeps F16'];
    expect(planBatch([surveyedModel({ outputs: [surveyedOutput({ notes })] })], OPTIONS).notes).toEqual([
      'm.gguf, Q4_K_M: keeps F16',
    ]);
  });
});

describe('what is at the place', () => {
  const there = [{ path: 'm-Q4_K_M.gguf', bytes: 7, modified: 1 }];
  const shards = [1, 2].map((n) => ({ path: `m-Q4_K_M-0000${n}-of-00002.gguf`, bytes: n, modified: 1 }));

  function planned(files: typeof there, options: PlanOptions, wanted: Partial<ManifestOutput> = {}) {
    const { jobs, works } = planBatch(
      [surveyedModel({ outputs: [surveyedOutput({ there: files, wanted })] })],
      options,
    );
    return { job: jobs.at(-1), work: works.get(jobs.at(-1)?.id ?? '') as OutputWork };
  }

  test('refuse, keep, skip and overwrite files of others', () => {
    const plan = (existing: 'refuse' | 'keep' | 'skip' | 'overwrite') => planned(there, planOptions({ existing }));
    expect(plan('refuse').job?.problem).toMatchObject({ code: 'not-writable' });
    expect(plan('keep').job?.steps.map(({ name }) => name)).toEqual(['check', 'hash']);
    expect(plan('keep').job).not.toHaveProperty('isSkipped');
    expect(plan('skip').job).toMatchObject({ isSkipped: true });
    expect(plan('overwrite').work).toMatchObject({ mode: 'make', isReplacing: true, replaced: there });
  });

  test('an output’s own policy counts more', () => {
    expect(planned(there, planOptions(), { existing: 'skip' }).job).toMatchObject({ isSkipped: true });
  });

  test('a file of ours is replaced, whatever the policy', () => {
    for (const existing of ['refuse', 'keep', 'skip'] as const) {
      const isOurs = (path: string, bytes: number) => path === 'm-Q4_K_M.gguf' && bytes === 7;
      const { job, work } = planned(there, planOptions({ existing }, { isOurs }));
      expect(job).not.toHaveProperty('problem');
      expect(work).toMatchObject({ mode: 'make', isReplacing: true, replaced: there });
    }
  });

  test('a file that was given its place and not noted is the one that is to be there', () => {
    const key = planned([], planOptions()).job?.steps.find(({ name }) => name === 'hash')?.key;
    const finished = (asked: string) => (asked === key ? [{ path: 'm-Q4_K_M.gguf', bytes: 7 }] : []);
    const { job, work } = planned(there, planOptions({}, { finished }));
    expect(job).not.toHaveProperty('problem');
    expect(work).toMatchObject({ mode: 'make', isReplacing: false });
  });

  test('shards of others are in the way of shards only, and those of ours are replaced', () => {
    expect(planned(shards, planOptions()).job).not.toHaveProperty('problem');
    expect(planned(shards, planOptions({ splitSize: 100 })).job?.problem).toMatchObject({ code: 'not-writable' });
    const isOurs = () => true;
    expect(planned(shards, planOptions({}, { isOurs })).work).toMatchObject({ isReplacing: true, replaced: shards });
    const one = (path: string) => path === shards[0]?.path;
    expect(planned(shards, planOptions({}, { isOurs: one })).work).toMatchObject({ replaced: [shards[0]] });
  });

  test('a kept file that changes is judged again', () => {
    const key = (change: Partial<(typeof there)[0]>) => {
      const files = there.map((file) => ({ ...file, ...change }));
      return planned(files, planOptions({ existing: 'keep' })).job?.steps[0]?.key;
    };
    expect(key({ bytes: 8 })).not.toBe(key({}));
    expect(key({ modified: 2 })).not.toBe(key({}));
    expect(key({})).toBe(key({}));
  });
});

test('a fix in place goes with what the file was, what is set and what it may do', () => {
  const making = { kind: 'fix', allow: 'safe', inPlace: true } as const;
  const output = surveyedOutput({ path: '/b/m.gguf', wanted: { making, imatrix: false, evaluate: false } });
  const model = surveyedModel({ outputs: [output] });
  const { jobs, works } = planBatch([model], planOptions());
  const work = works.get('fix of m.gguf') as OutputWork;
  expect(jobs.map(({ steps }) => steps.map(({ name }) => name))).toEqual([['fix', 'check', 'hash']]);
  expect(inPlaceSteps('model', work, planOptions())).toEqual(jobs[0]?.steps);
  const other = inPlaceSteps('other', work, planOptions());
  expect(other.every(({ key }, index) => key !== jobs[0]?.steps[index]?.key)).toBe(true);
});
