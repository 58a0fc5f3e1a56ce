import { expect, test } from 'vitest';
import { runChecks, verdictOf } from '../../src/checks/run.js';
import { parseHeader } from '../../src/gguf/parse.js';
import { type Problem, REJECTED_BY } from '../../src/gguf/problems.js';
import { PROBLEM_SAMPLES } from '../support/problem-samples.js';
import { cleanFile } from './rule-test.js';

const clean = parseHeader(cleanFile().bytes());
const samples = Object.entries(PROBLEM_SAMPLES).map(([code, data]) => ({ code, data })) as Pick<
  Problem,
  'code' | 'data'
>[];

test.each(samples)(
  'one rule turns $code into a finding, an error unless llama.cpp loads the file',
  ({ code, data }) => {
    const problem: Problem = { code, data, place: { kind: 'file', offset: 0, length: 0 }, fatal: false };
    // The clean file is a part of a model, which is no fault.
    const all = runChecks({ ...clean, problems: [problem] });
    const findings = all.filter(({ rule }) => rule !== 'tensor/expected-tensors');
    expect(findings).toMatchObject([{ rule: expect.stringMatching(/^container\//) }]);
    // What was not read cannot pass, whoever would read it.
    const mustFail = REJECTED_BY[code] !== 'nobody' || code === 'header-too-large';
    expect(verdictOf(findings)).toBe(mustFail ? 'fail' : 'pass');
  },
);
