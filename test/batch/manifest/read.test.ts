import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseManifest, readManifest } from '../../../src/batch/manifest/read.js';
import { isGgufError } from '../../../src/errors.js';
import { MAX_MANIFEST_BYTES } from '../../../src/limits.js';
import { tempFolder } from '../../support/temp.js';
import { problemsOf, problemsOfOutput } from './support/parse.js';

describe('a file', () => {
  test('gives its place besides', async () => {
    const folder = tempFolder();
    const file = path.join(folder, 'x.yaml');
    writeFileSync(file, 'models: a\noutput: out\noutputs: Q8_0\n');
    expect(await readManifest(path.relative(process.cwd(), file))).toMatchObject({
      path: file,
      folder,
      settings: { output: 'out' },
    });
  });

  test('JSON is YAML', () => {
    const text = JSON.stringify({ models: ['a'], output: 'out', outputs: [{ bpw: 4 }] }, null, 2);
    expect(parseManifest(text, 'm.json').outputs).toHaveLength(1);
  });

  test('that is missing, wrong, or too large', async () => {
    const file = path.join(tempFolder(), 'x.yaml');
    await expect(readManifest(file)).rejects.toThrow(`cannot read ${file}: no such file`);
    writeFileSync(file, 'modles: a');
    await expect(readManifest(file)).rejects.toThrow(`${file}:1:1: unknown key 'modles', did you mean 'models'?`);
    writeFileSync(file, '#'.repeat(MAX_MANIFEST_BYTES + 1));
    await expect(readManifest(file)).rejects.toThrow(`expected at most ${MAX_MANIFEST_BYTES}`);
  });
});

describe('hostile text', () => {
  const within = (run: () => unknown): void => {
    const start = performance.now();
    run();
    expect(performance.now() - start).toBeLessThan(20_000);
  };

  test('aliases that multiply', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `a${i}: &a${i} [${i === 0 ? '1' : `*a${i - 1},`.repeat(9)}]`);
    within(() => expect(problemsOf(levels.join('\n'))).toEqual([expect.stringContaining('too many aliases')]));
  });

  test('an alias of itself', () => {
    within(() => expect(problemsOf('models: &a [*a]')).not.toEqual([]));
  });

  test('nesting', () => {
    within(() => expect(problemsOf('['.repeat(MAX_MANIFEST_BYTES / 4))).not.toEqual([]));
    within(() => expect(problemsOf(`models: ${'{source: '.repeat(20_000)}`)).not.toEqual([]));
  });

  const many = (count: number, item: (i: number) => string): string => {
    return Array.from({ length: count }, (_, i) => item(i)).join(',');
  };

  test('more models and outputs than are allowed', () => {
    within(() => {
      expect(problemsOf(`models: [${many(40_000, (i) => `{sorce: ${i}}`)}]`)).toEqual([
        '1:9: models: Too big: expected array to have <=10000 items',
      ]);
      expect(problemsOfOutput(`[${many(40_000, (i) => `Q4_K_Q${i}`)}]`)).toEqual([
        '3:10: outputs: Too big: expected array to have <=256 items',
      ]);
    });
  });

  test('many keys, models, outputs, patterns, each wrong', () => {
    within(() => expect(problemsOf(`{${many(40_000, (i) => `k${i}: 1`)}}`)).not.toEqual([]));
    within(() => expect(problemsOf(`models: [${many(10_000, (i) => `{sorce: ${i}}`)}]`)).toHaveLength(20));
    within(() => expect(problemsOfOutput(`[${many(256, (i) => `{tpye: ${i}}`)}]`)).toHaveLength(20));
    within(() => expect(problemsOfOutput(`{requantize: {${many(20_000, (i) => `t${i}: Q${i}`)}}}`)).toHaveLength(20));
    within(() =>
      expect(problemsOf(`models: [{source: a, set: {${many(20_000, (i) => `k${i}: []`)}}}]`)).toHaveLength(20),
    );
  });

  test('many models that are right, each twice', () => {
    const models = Array.from({ length: 10_000 }, (_, i) => `{source: m${i % 5000}, outputs: [Q8_0, Q4_0]}`);
    within(() => expect(problemsOf(`models: [${models.join(',')}]\noutput: out`)).toHaveLength(20));
  });

  test('names that mean something to JavaScript', () => {
    expect(problemsOf('__proto__: {models: a}')).not.toEqual([]);
    expect(problemsOfOutput('toString')).toEqual([expect.stringContaining("no output is called 'toString'")]);
    expect(problemsOfOutput('{constructor: 1}')).not.toEqual([]);
    expect(problemsOfOutput('{type: __proto__}')).not.toEqual([]);
  });

  test('text that steers a terminal, and text without end', () => {
    expect(problemsOf('"\\e[2J": 1')).toContainEqual(expect.stringContaining("unknown key '\\u001b[2J'"));
    for (const problem of problemsOfOutput('x'.repeat(500_000))) expect(problem.length).toBeLessThan(400);
  });

  test('any YAML is a manifest or a GgufError', () => {
    const words = fc.constantFrom(
      'models',
      'outputs',
      'output',
      'fix',
      'Q8_0',
      'set',
      'name',
      'check',
      'imatrix',
      '{x}',
      '..',
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 5 },
        words,
        fc.string(),
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(words, tie('any'), { maxKeys: 6 }),
      ),
    })).any;
    fc.assert(
      fc.property(fc.dictionary(words, value), (manifest) => {
        try {
          parseManifest(JSON.stringify(manifest), 'm');
        } catch (error) {
          expect(isGgufError(error, 'bad-option')).toBe(true);
        }
      }),
    );
  });
});
