import { expect, test } from 'vitest';
import { runChecks, verdictOf } from '../../src/checks/run.js';
import { parseHeader } from '../../src/gguf/parse.js';
import { type Problem, type ProblemData, REJECTED_BY } from '../../src/gguf/problems.js';
import { cleanFile } from './rule-test.js';

/** One of each problem that the parser knows; a new code does not compile until it stands here. */
const SAMPLES: ProblemData = {
  magic: { found: 'NOPE' },
  'header-truncated': { what: 'the version', need: 4, have: 1 },
  version: { version: 4 },
  'big-endian': { version: 3 },
  'tensor-count': { count: '-1' },
  'key-count': { count: '-1' },
  'length-limit': { what: 'length of a key', length: '9999999999', limit: 1 },
  'header-too-large': { what: 'keys', need: 2, limit: 1 },
  'key-empty': { index: 0 },
  'key-duplicate': { key: 'general.architecture', firstOffset: 24 },
  'value-type': { key: 'k', typeId: 13 },
  'element-type': { key: 'k', typeId: 13 },
  'nested-array': { key: 'k' },
  'alignment-type': { type: 'string' },
  'alignment-value': { value: 13 },
  'tensor-name-length': { name: 't', length: 64 },
  'tensor-name-duplicate': { name: 't' },
  'dimension-count': { name: 't', count: 5 },
  'dimension-negative': { name: 't', index: 0, value: '-1' },
  'element-count': { name: 't', dims: ['9', '9'] },
  'tensor-type': { name: 't', typeId: 99 },
  'row-size': { name: 't', type: 'Q4_0', row: '31', block: 32 },
  'tensor-bytes': { name: 't', bytes: '1' },
  'data-start': { dataOffset: '9', fileSize: 1 },
  'tensor-offset': { name: 't', found: '0', expected: '32', kind: 'gap' },
  'data-truncated': { name: 't', missing: '1', fileSize: 1 },
  'final-padding': { missing: 1 },
};

const clean = parseHeader(cleanFile().bytes());
const samples = Object.entries(SAMPLES).map(([code, data]) => ({ code, data })) as Pick<Problem, 'code' | 'data'>[];

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
