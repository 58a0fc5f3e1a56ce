import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { companionsOf } from '../../../src/edit/companions.js';
import { journalText } from '../../../src/edit/find-journal.js';
import { GgufError } from '../../../src/errors.js';
import { type ScriptedRun, scriptedProgram, TWO_CHUNKS, zeroLogits } from '../../quantizer/support/evaluate.js';
import { dataPath, describeWithData } from '../../support/data.js';
import { gguf } from '../../support/gguf-builder.js';
import { describeWithTools, runTool } from '../../support/llama-tools.js';
import { type CliResult, runCli } from '../../support/run-cli.js';
import { tempFolder } from '../../support/temp.js';

const SHAPE = { contextSize: 512, vocabularySize: 4, chunks: 2 };
const SCORES: ScriptedRun = {
  err: '0.1 I perplexity: calculating perplexity over 2 chunks, n_ctx=512\n',
  out: '[1]16.5,[2]15.4,\n',
  logits: zeroLogits(SHAPE),
};
const FIGURES: ScriptedRun = { out: TWO_CHUNKS };

/** A folder with a base, three quants of it, a model with another vocabulary and a text. */
function folderOfQuants(): (name: string) => string {
  const folder = tempFolder();
  const model = (tokens: string): Uint8Array =>
    gguf()
      .metadata('tokenizer.ggml.tokens', { type: 'array', itemType: 'string', items: [...tokens] })
      .tensor('t', 'F16', [32])
      .bytes();
  for (const name of ['bf16', 'm-Q4_0', 'm-Q5_0', 'm-Q8_0'])
    writeFileSync(path.join(folder, `${name}.gguf`), model('abcd'));
  writeFileSync(path.join(folder, 'other.gguf'), model('abc'));
  writeFileSync(path.join(folder, 't.txt'), 'some text');
  return (name) => path.join(folder, name);
}

/** `ggufix evaluate` with a program that does so, a base and a text. */
async function evaluate(
  at: (name: string) => string,
  runs: readonly ScriptedRun[],
  ...argv: readonly string[]
): Promise<CliResult & { calls: string[] }> {
  const { program, calls } = scriptedProgram(runs);
  const ground = ['--base', at('bf16.gguf'), '--text', at('t.txt'), '--llama-perplexity', program];
  return { ...(await runCli(['evaluate', ...argv, ...ground])), calls: calls() };
}

describe.skipIf(process.platform === 'win32')('evaluate', () => {
  test('computes the base once, then compares each quant', async () => {
    const at = folderOfQuants();
    const { out, err, exit, calls } = await evaluate(at, [SCORES, FIGURES], at('m-Q4_0.gguf'), at('m-Q5_0.gguf'));
    expect([err, exit]).toEqual(['', 0]);
    expect(calls.map((call) => call.split(' ')[1])).toEqual([at('bf16.gguf'), at('m-Q4_0.gguf'), at('m-Q5_0.gguf')]);
    expect(out).toMatch(/^\* Q4_0 .* 0\.014361 ± 0\.000946 .*\n\* Q5_0 /m);
    expect(out).toContain('by        llama-perplexity 9.9 (scripted)\n');
  });

  test('a quant that llama.cpp dies of stops none of the others', async () => {
    const at = folderOfQuants();
    const dead = { err: 'ggml.c:1: GGML_ASSERT(x) failed\n', exitCode: 134 };
    const quants = ['m-Q4_0', 'm-Q5_0', 'm-Q8_0'].map((name) => at(`${name}.gguf`));
    const { out, err, exit } = await evaluate(at, [SCORES, FIGURES, dead, FIGURES], ...quants, '--json');
    expect(exit).toBe(3);
    expect(err).toBe(
      `ggufix: llama-perplexity failed to compare ${at('m-Q5_0.gguf')} with its base (exit code 134): ggml.c:1: GGML_ASSERT(x) failed\n`,
    );
    const { files } = JSON.parse(out);
    expect(files).toMatchObject([
      { source: at('m-Q4_0.gguf'), meanKld: { value: 0.014361 } },
      { source: at('m-Q5_0.gguf'), error: { code: 'engine-failed' } },
      { source: at('m-Q8_0.gguf'), meanKld: { value: 0.014361 } },
    ]);
  });

  test('what cannot be compared is told before the base is computed', async () => {
    const at = folderOfQuants();
    const { out, err, exit, calls } = await evaluate(at, [SCORES], at('nope.gguf'), at('other.gguf'), '--json');
    expect([exit, calls]).toEqual([3, ['']]);
    expect(err).toContain('nope.gguf: no such file');
    expect(err).toContain('other.gguf does not fit: its vocabulary is 3, expected 4');
    expect(JSON.parse(out)).toMatchObject({
      files: [{ error: { code: 'source-unreadable' } }, { error: { code: 'mismatch' } }],
    });
  });

  test('a folder is its quants, without the base', async () => {
    const at = folderOfQuants();
    const { calls } = await evaluate(at, [SCORES, FIGURES], path.dirname(at('x')));
    expect(calls).toHaveLength(1 + 3);
  });

  test('a base that fails ends the run, and leaves nothing behind', async () => {
    const at = folderOfQuants();
    const work = tempFolder();
    const failed = { err: 'error: out of memory\n', exitCode: 1 };
    const { exit, err, out } = await evaluate(at, [failed], at('m-Q4_0.gguf'), '--work-dir', work);
    expect([exit, out]).toEqual([3, '']);
    expect(err).toContain('(exit code 1): error: out of memory');
    expect(existsSync(path.join(work, 'base.kld'))).toBe(false);
  });

  test('kept scores are used again, and said to be', async () => {
    const at = folderOfQuants();
    const keep = ['--keep-base', at('b.kld')];
    await evaluate(at, [SCORES, FIGURES], at('m-Q4_0.gguf'), ...keep);
    const again = await evaluate(at, [FIGURES], at('m-Q4_0.gguf'), ...keep);
    expect(again.calls).toHaveLength(1);
    expect(again.err).toBe(`ggufix: note: using the scores in ${at('b.kld')}\n`);
    const { program } = scriptedProgram([FIGURES]);
    const given = ['--base-logits', at('b.kld'), '--llama-perplexity', program, '--quiet'];
    expect(await runCli(['evaluate', at('m-Q4_0.gguf'), ...given])).toMatchObject({ err: '', exit: 0 });
  });

  test('an interruption keeps what was measured, and exits with 130', async () => {
    const at = folderOfQuants();
    const { program } = scriptedProgram([SCORES, FIGURES, { sleeps: 50 }]);
    const stop = new AbortController();
    const terminal = { signal: stop.signal };
    const timer = setInterval(() => {
      const { calls } = { calls: readFileSync(path.join(path.dirname(program), 'calls'), 'utf8') };
      if (calls.split('\n').length > 3)
        stop.abort(new GgufError('aborted', 'interrupted by SIGINT', { why: 'SIGINT' }));
    }, 20);
    const quants = [at('m-Q4_0.gguf'), at('m-Q5_0.gguf')];
    const ground = ['--base', at('bf16.gguf'), '--text', at('t.txt'), '--llama-perplexity', program];
    const { out, err, exit } = await runCli(['evaluate', ...quants, ...ground, '--json'], terminal);
    clearInterval(timer);
    expect([err, exit]).toEqual(['ggufix: interrupted by SIGINT\n', 130]);
    expect(JSON.parse(out).files).toMatchObject([{ source: quants[0], meanKld: { value: 0.014361 } }]);
  });

  test.each([
    ['nope.txt', 'no such file'],
    ['.', 'it is a directory'],
    ['pipe', 'it is no regular file'],
  ])('a text that cannot be read is told before anything runs: %s', async (name, why) => {
    const at = folderOfQuants();
    execFileSync('mkfifo', [at('pipe')]);
    const { program, calls } = scriptedProgram([SCORES, FIGURES]);
    const argv = ['evaluate', at('m-Q4_0.gguf'), '--base', at('bf16.gguf'), '--llama-perplexity', program];
    expect(await runCli([...argv, '--text', at(name), '--keep-base', at('b.kld')])).toEqual({
      ...{ out: '', err: `ggufix: cannot read ${at(name)}: ${why}\n`, exit: 3 },
    });
    expect(calls()).toEqual(['']);
  });

  test('a program that is not there is told, with the ways to name it', async () => {
    const at = folderOfQuants();
    const { exit, err } = await runCli([
      ...['evaluate', at('m-Q4_0.gguf'), '--base', at('bf16.gguf'), '--text', at('t.txt')],
      ...['--llama-perplexity', '/nowhere/llama-perplexity'],
    ]);
    expect(exit).toBe(3);
    expect(err).toContain('/nowhere/llama-perplexity, named by --llama-perplexity, is no program that can be run');
  });

  test('base and quants that an interrupted change left in between are noted', async () => {
    const at = folderOfQuants();
    const files = [at('bf16.gguf'), at('m-Q4_0.gguf')];
    for (const file of files) writeFileSync(companionsOf(file).journal, 'x');
    const { err } = await evaluate(at, [SCORES, FIGURES], at('m-Q4_0.gguf'));
    expect(err).toBe(files.map((file) => `ggufix: note: ${journalText(file, companionsOf(file).journal)}\n`).join(''));
  });

  test('a plot takes the place of no model', async () => {
    const at = folderOfQuants();
    const { exit, calls } = await evaluate(at, [SCORES, FIGURES], at('m-Q4_0.gguf'), '--plot', at('m-Q8_0.gguf'));
    expect([exit, calls]).toEqual([3, ['']]);
    expect(readFileSync(at('m-Q8_0.gguf')).subarray(0, 4).toString()).toBe('GGUF');
  });

  test.each([
    ['gone/x.svg', 'its folder does not exist'],
    ['.', 'it is a folder'],
  ])('a plot to %s, which has no place, is told before anything is computed', async (name, why) => {
    const at = folderOfQuants();
    const { out, err, exit, calls } = await evaluate(at, [SCORES], at('m-Q4_0.gguf'), '--plot', at(name));
    expect([out, err, exit, calls]).toEqual(['', `ggufix: cannot write ${at(name)}: ${why}\n`, 3, ['']]);
  });

  test.each(['bf16.gguf', 't.txt', 'm-Q4_0.gguf', 'b.kld'])('a plot does not replace %s, by any name', async (name) => {
    const at = folderOfQuants();
    writeFileSync(at('b.kld'), 'scores');
    const before = readFileSync(at(name));
    linkSync(at(name), at('plot.svg'));
    const argv = [at('m-Q4_0.gguf'), '--keep-base', at('b.kld'), '--plot', at('plot.svg')];
    const { exit, err, calls } = await evaluate(at, [SCORES, FIGURES], ...argv);
    expect([exit, calls]).toEqual([3, ['']]);
    expect(err).toContain(`will not write a report over ${at('plot.svg')}: it is ${at(name)}`);
    expect(readFileSync(at('plot.svg'))).toEqual(before);
  });

  test('a plot does not replace the scores that the same run keeps', async () => {
    const at = folderOfQuants();
    const argv = [at('m-Q4_0.gguf'), '--keep-base', at('b.kld'), '--plot'];
    expect(await evaluate(at, [SCORES, FIGURES], ...argv, at('b.kld'))).toMatchObject({ exit: 3, calls: [''] });
    symlinkSync(at('b.kld'), at('plot.svg'));
    expect(await evaluate(at, [SCORES, FIGURES], ...argv, at('plot.svg'))).toMatchObject({ exit: 3 });
    expect(readFileSync(at('b.kld')).subarray(0, 8).toString()).toBe('_logits_');
  });
});

describeWithData('quants of data/model', () => {
  describeWithTools('in llama-perplexity', ['llama-perplexity', 'llama-quantize'], () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'ggufix-evaluate-test-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test('have the figures that they are known to have', { timeout: 900_000 }, async () => {
      const base = dataPath('model/tiny-gemma3n-BF16.gguf');
      const quants = ['Q4_K_M', 'Q2_K'].map((type) => {
        const quant = path.join(folder, `tiny-${type}.gguf`);
        runTool('llama-quantize', [base, quant, type, '1']);
        return quant;
      });
      const plot = path.join(folder, 'kld.svg');
      const { out, exit } = await runCli([
        ...['evaluate', ...quants, '--base', base, '--text', dataPath('model/eval.txt'), '--chunks', '20'],
        ...['--threads', '1', '--json', '--plot', plot],
      ]);
      expect(exit).toBe(0);
      const document = JSON.parse(out);
      expect(document.compared).toEqual({ contextSize: 512, chunks: 20, tokens: 5100 });
      expect(document.files.map(({ isOnParetoFront }: { isOnParetoFront: boolean }) => isOnParetoFront)).toEqual([
        true,
        true,
      ]);
      // Printed by llama-perplexity 0.7.0 itself when it was run by hand; each must agree within its error bar.
      for (const [i, known] of KNOWN.entries()) {
        for (const [figure, [value, error]] of Object.entries(known)) {
          const found = document.files[i][figure];
          expect(Math.abs(found.value - value), `${figure} of ${quants[i]}`).toBeLessThan(error);
          expect(found.error, figure).toBeCloseTo(error, 2);
        }
      }
      expect(readFileSync(plot, 'utf8')).toContain('Size and divergence of 2 quants of tiny-gemma3n-BF16.gguf');
    });
  });
});

/** Values and their errors over 20 chunks of eval.txt. */
const KNOWN: readonly Readonly<Record<string, readonly [value: number, error: number]>>[] = [
  {
    meanKld: [0.015191, 0.000314],
    sameTopPercent: [91.745, 0.385],
    rmsDeltaPPercent: [3.069, 0.079],
    perplexity: [13.660231, 0.464711],
    basePerplexity: [13.542391, 0.460433],
    perplexityRatio: [1.008702, 0.002562],
  },
  {
    meanKld: [0.20268, 0.003524],
    sameTopPercent: [73.294, 0.62],
    rmsDeltaPPercent: [12.645, 0.303],
    perplexity: [15.717238, 0.53839],
    basePerplexity: [13.542391, 0.460433],
    perplexityRatio: [1.160595, 0.011292],
  },
];
