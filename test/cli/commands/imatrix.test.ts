import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { companionsOf } from '../../../src/edit/companions.js';
import { journalText } from '../../../src/edit/find-journal.js';
import { GgufError } from '../../../src/errors.js';
import { imatrixDocumentSchema } from '../../../src/report/imatrix-documents.js';
import { datImatrix, ggufImatrix } from '../../quantizer/support/imatrix.js';
import { dataPath, describeWithData } from '../../support/data.js';
import { gguf } from '../../support/gguf-builder.js';
import { describeWithTools } from '../../support/llama-tools.js';
import { runCli } from '../../support/run-cli.js';
import { neighboursOf, tempFile, tempFolder } from '../../support/temp.js';

const NAME = 'blk.0.attn_q.weight';

const model = (): string =>
  tempFile(
    gguf()
      .metadata('general.architecture', { type: 'string', value: 'llama' })
      .metadata('llama.block_count', { type: 'uint32', value: 1 })
      .tensor(NAME, 'F16', [256, 2])
      .bytes(),
  );

const covering = (): string =>
  tempFile(ggufImatrix({ [NAME]: { sums: [Array.from({ length: 256 }, () => 1)], counts: [1] } }).bytes());

const lacking = (): string => tempFile(datImatrix([{ name: 'other', calls: 1, values: [1] }]), 'imatrix.dat');

describe('ggufix imatrix check', () => {
  test('an imatrix that has everything passes', async () => {
    const { out, err, exit } = await runCli(['imatrix', 'check', covering(), model(), '--recipe', 'UD-IQ1_S']);
    expect([err, exit]).toEqual(['', 0]);
    expect(out).toContain('1 tensor: nothing ends a run, 0 cost quality, 0 notes\n');
  });

  test('one that would end the run fails; for another type it only costs quality', async () => {
    const [file, of] = [lacking(), model()];
    const bad = await runCli(['imatrix', 'check', file, of, '--type', 'IQ2_XXS']);
    expect(bad.exit).toBe(1);
    expect(bad.out).toContain(`✗ the imatrix has nothing of '${NAME}': llama-quantize makes no\n    IQ2_XXS without\n`);
    const good = await runCli(['imatrix', 'check', file, of, '--type', 'Q4_K_M']);
    expect(good.exit).toBe(0);
    expect(good.out).toContain('nothing ends a run, 2 cost quality');
  });

  test('types may come from another file', async () => {
    const like = tempFile(
      gguf()
        .metadata('general.architecture', { type: 'string', value: 'llama' })
        .metadata('general.file_type', { type: 'uint32', value: 24 })
        .metadata('llama.block_count', { type: 'uint32', value: 1 })
        .tensor(NAME, 'IQ1_S', [256, 2])
        .bytes(),
    );
    const { out, exit } = await runCli(['imatrix', 'check', lacking(), model(), '--like', like]);
    expect(exit).toBe(1);
    expect(out).toContain('llama-quantize makes no\n    IQ1_S without');
  });

  test('what the choice of types has to say is noted, unless it should be quiet', async () => {
    const like = tempFile(
      gguf()
        .metadata('general.architecture', { type: 'string', value: 'llama' })
        .metadata('llama.block_count', { type: 'uint32', value: 1 })
        .tensor(NAME, 'Q8_0', [256, 2])
        .tensor('output.weight', 'Q8_0', [256, 2])
        .bytes(),
    );
    const argv = ['imatrix', 'check', covering(), model(), '--like', like];
    expect((await runCli(argv)).err).toBe(
      "ggufix: note: the model has nothing like tensor 'output.weight' of the recipe\n",
    );
    expect((await runCli([...argv, '--quiet'])).err).toBe('');
  });

  test('files that an interrupted change left in between are noted', async () => {
    const files = [covering(), model(), model()];
    const [imatrix = '', of = '', like = ''] = files;
    for (const file of files) writeFileSync(companionsOf(file).journal, 'x');
    const { err } = await runCli(['imatrix', 'check', imatrix, of, '--like', like]);
    expect(err).toContain(
      files.map((file) => `ggufix: note: ${journalText(file, companionsOf(file).journal)}\n`).join(''),
    );
  });

  test('two sources of types are wrong usage', async () => {
    const argv = ['imatrix', 'check', lacking(), model(), '--type', 'Q4_K_M', '--recipe', 'UD-IQ1_S'];
    const { err, exit } = await runCli(argv);
    expect([err, exit]).toEqual(['ggufix: give one of --type, --recipe and --like\n', 2]);
  });

  test('--json is one document', async () => {
    const { out } = await runCli(['imatrix', 'check', lacking(), model(), '--json']);
    expect(imatrixDocumentSchema.parse(JSON.parse(out))).toMatchObject({
      schema: 'ggufix.imatrix/1',
      checked: { recipe: null, verdict: 'pass', problems: [{ kind: 'no-data' }, { kind: 'unmatched' }] },
    });
  });

  test.each([
    ['no imatrix', () => [model(), model()], /no usable importance matrix/],
    ['no model', () => [covering(), tempFile(Buffer.from('<html>'))], /not a GGUF file/],
    ['nothing there', () => ['/nowhere', model()], /cannot read \/nowhere: no such file/],
  ])('%s is a failure', async (_what, files, message) => {
    const { err, exit } = await runCli(['imatrix', 'check', ...files()]);
    expect(exit).toBe(3);
    expect(err).toMatch(message);
  });
});

describe('ggufix imatrix make', () => {
  test('a program that is not there is a failure', async () => {
    const out = path.join(tempFolder(), 'imatrix.gguf');
    const argv = ['imatrix', 'make', model(), model(), '-o', out, '--llama-imatrix', '/nowhere/llama-imatrix'];
    const { err, exit } = await runCli(argv);
    expect(exit).toBe(3);
    expect(err).toBe('ggufix: /nowhere/llama-imatrix, named by --llama-imatrix, is no program that can be run\n');
  });

  test.each([
    [['model', 'text'], /required option '-o, --output <file>'/],
    [['model', 'text', '-o', 'x', '--chunks', '0'], /--chunks is "0", expected a whole number from 1/],
  ])('%j is wrong usage', async (argv, message) => {
    const { err, exit } = await runCli(['imatrix', 'make', ...argv]);
    expect(exit).toBe(2);
    expect(err).toMatch(message);
  });

  describeWithData('with a model', () => {
    describeWithTools('and llama-imatrix', ['llama-imatrix'], () => {
      const argv = (out: string): string[] => [
        ...['imatrix', 'make', dataPath('model/stories260K.gguf'), dataPath('model/eval.txt'), '-o', out],
        ...['--context', '32', '--chunks', '2', '--threads', '1'],
      ];

      test('says what it made, and how far it is', async () => {
        const out = path.join(tempFolder(), 'imatrix.gguf');
        const result = await runCli([...argv(out), '--progress', 'json']);
        expect(result.exit).toBe(0);
        expect(result.out).toMatch(
          /imatrix\.gguf: \d+ tensors, 2 chunks, perplexity [\d.]+, in .* s by llama-imatrix \S+/,
        );
        const events = result.err
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line));
        expect(events[0]).toMatchObject({ event: 'start', total: 2, unit: 'items' });
        expect(events.at(-1)).toMatchObject({ event: 'end', done: 2 });
        expect((await runCli(['imatrix', 'check', out, dataPath('model/stories260K.gguf')])).exit).toBe(0);
      });

      test('--json is one document', async () => {
        const out = path.join(tempFolder(), 'imatrix.gguf');
        const document = imatrixDocumentSchema.parse(JSON.parse((await runCli([...argv(out), '--json'])).out));
        expect(document).toMatchObject({ made: { output: out, imatrix: { format: 'gguf', datasets: ['eval.txt'] } } });
      });

      test('an interruption leaves nothing', async () => {
        const out = path.join(tempFolder(), 'imatrix.gguf');
        const controller = new AbortController();
        const run = runCli([...argv(out).slice(0, 8)], { signal: controller.signal });
        setTimeout(() => controller.abort(new GgufError('aborted', 'interrupted by SIGINT', { why: 'SIGINT' })), 500);
        expect(await run).toEqual({ out: '', err: 'ggufix: interrupted by SIGINT\n', exit: 130 });
        expect([existsSync(out), neighboursOf(out)]).toEqual([false, []]);
      });
    });
  });
});
