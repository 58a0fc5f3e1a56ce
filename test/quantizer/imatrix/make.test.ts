import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { companionsOf } from '../../../src/edit/companions.js';
import { readHeader } from '../../../src/gguf/parse.js';
import { imatrixProblems } from '../../../src/quantizer/imatrix/coverage.js';
import { type ImatrixRequest, makeImatrix } from '../../../src/quantizer/imatrix/make.js';
import type { ImatrixEvent } from '../../../src/quantizer/imatrix/make-events.js';
import { type LlamaTool, openLlamaTool } from '../../../src/quantizer/process/llama-tool.js';
import { openFile } from '../../../src/sources/file.js';
import { dataPath, describeWithData } from '../../support/data.js';
import { describeWithTools } from '../../support/llama-tools.js';
import { neighboursOf, tempFolder } from '../../support/temp.js';

const PLACE = { name: 'llama-imatrix', flag: '--llama-imatrix', variable: 'LLAMA_IMATRIX' };

let out = '';
beforeEach(() => {
  out = path.join(tempFolder(), 'imatrix.gguf');
});

/** A tiny model over a few words: a second's work. */
function request(change: Partial<ImatrixRequest> = {}): ImatrixRequest {
  return {
    model: dataPath('model/stories260K.gguf'),
    text: dataPath('model/eval.txt'),
    out,
    force: false,
    contextSize: 32,
    chunks: 2,
    processOutput: false,
    parseSpecial: false,
    threads: 1,
    ...change,
  };
}

async function tool(given?: string): Promise<LlamaTool> {
  return await openLlamaTool({ ...PLACE, given });
}

/** It logs on a thread that ends with it: on a busy machine its last words are lost in some runs, and all are expected of one. */
const LOSES_WORDS = { retry: 5 };

/** A program that runs llama-imatrix and then a line of shell, in which $out is the file that it wrote. */
function spoiled(line: string): string {
  const program = path.join(tempFolder(), 'llama-imatrix');
  const script = `#!/bin/sh
[ "$1" = --version ] && exit
for argument; do [ "$before" = -o ] && out=$argument; before=$argument; done
llama-imatrix "$@" || exit
${line}
`;
  writeFileSync(program, script);
  chmodSync(program, 0o755);
  return program;
}

describeWithData('makeImatrix', () => {
  describeWithTools('with llama-imatrix', ['llama-imatrix'], () => {
    test('makes a file that covers the model, and leaves nothing else', LOSES_WORDS, async () => {
      const events: ImatrixEvent[] = [];
      const made = await makeImatrix(await tool(), request(), { onEvent: (event) => events.push(event) });
      expect(made.chunks).toBe(2);
      expect(made.perplexity).toBeGreaterThan(1);
      expect(made.imatrix).toMatchObject({ uri: out, format: 'gguf', datasets: ['eval.txt'], chunkSize: 32 });
      expect(neighboursOf(out)).toEqual([]);
      expect(events.map(({ kind }) => kind)).toEqual(['chunks', 'chunk', 'chunk', 'estimate']);
      await using model = await openFile(request().model);
      const header = await readHeader(model);
      const problems = imatrixProblems(made.imatrix, header, undefined);
      expect(problems).toEqual([{ kind: 'no-data', tensors: ['output.weight'], why: 'output', isNeeded: false }]);
    });

    test('--process-output knows the output matrix too', async () => {
      const { imatrix } = await makeImatrix(await tool(), request({ processOutput: true }));
      expect(imatrix.entries.has('output.weight')).toBe(true);
    });

    test('a file that is there stays unless it is to be replaced', async () => {
      writeFileSync(out, 'old');
      await expect(makeImatrix(await tool(), request())).rejects.toMatchObject({ code: 'not-writable' });
      expect(readFileSync(out, 'utf8')).toBe('old');
      await makeImatrix(await tool(), request({ force: true }));
      expect(readFileSync(out).subarray(0, 4).toString()).toBe('GGUF');
    });

    test.skipIf(process.platform === 'win32')('a file that appeared meanwhile is not replaced', async () => {
      const making = makeImatrix(await tool(spoiled(`printf precious > '${out}'`)), request());
      await expect(making).rejects.toMatchObject({ code: 'not-writable' });
      expect(readFileSync(out, 'utf8')).toBe('precious');
      expect(neighboursOf(out)).toEqual([]);
    });

    test.skipIf(process.platform === 'win32')('the work is done where `recover` looks', async () => {
      const { temp } = companionsOf(out);
      mkdirSync(`${temp}-killed`);
      const seen = path.join(tempFolder(), 'seen');
      await makeImatrix(await tool(spoiled(`printf %s "$out" > '${seen}'`)), request());
      expect(readFileSync(seen, 'utf8').startsWith(`${temp}-`)).toBe(true);
      expect(neighboursOf(out)).toEqual([]);
    });

    test('a run that fails says why and leaves the old file', LOSES_WORDS, async () => {
      writeFileSync(out, 'old');
      const text = path.join(tempFolder(), 'short.txt');
      writeFileSync(text, 'too short');
      await expect(makeImatrix(await tool(), request({ text, force: true }))).rejects.toMatchObject({
        code: 'engine-failed',
        message: expect.stringMatching(/^llama-imatrix failed to make an imatrix of .*: .*at least 64 tokens/),
      });
      expect(readFileSync(out, 'utf8')).toBe('old');
      expect(neighboursOf(out)).toEqual([]);
    });

    test('a model that is none makes it fail', async () => {
      const model = path.join(tempFolder(), 'model.gguf');
      writeFileSync(model, 'no model');
      await expect(makeImatrix(await tool(), request({ model }))).rejects.toMatchObject({ code: 'engine-failed' });
      expect(existsSync(out)).toBe(false);
    });

    test('an interruption ends the program and leaves nothing', async () => {
      const controller = new AbortController();
      const making = makeImatrix(await tool(), request({ chunks: undefined }), {
        signal: controller.signal,
        onEvent: () => controller.abort(),
      });
      await expect(making).rejects.toMatchObject({ code: 'aborted' });
      expect([existsSync(out), neighboursOf(out)]).toEqual([false, []]);
    });

    describe.skipIf(process.platform === 'win32')('exit code 0 is not believed', () => {
      test.each([
        ['no file', 'rm "$out"', /\(exit code 0, without a file\)/],
        ['half of a file', 'truncate -s -99 "$out"', /\(exit code 0, with a file that cannot be used: .* past the end/],
        [
          'another file',
          'echo hello, hello > "$out"',
          /\(exit code 0, with a file that cannot be used: it is neither GGUF/,
        ],
      ])('%s', async (_what, line, message) => {
        await expect(makeImatrix(await tool(spoiled(line)), request())).rejects.toMatchObject({
          code: 'engine-failed',
          message: expect.stringMatching(message),
        });
        expect([existsSync(out), neighboursOf(out)]).toEqual([false, []]);
      });
    });
  });

  const never: LlamaTool = {
    name: 'llama-imatrix',
    program: '/nowhere',
    version: undefined,
    run: () => Promise.reject(new Error('must not run')),
  };

  test.each(['model', 'text'] as const)('a %s that is not there is no affair of the program', async (which) => {
    await expect(makeImatrix(never, request({ [which]: '/nowhere/at.all' }))).rejects.toMatchObject({
      code: 'source-unreadable',
      details: { uri: '/nowhere/at.all' },
    });
  });

  test.each(['model', 'text'] as const)('the %s is never replaced', async (which) => {
    const file = path.join(tempFolder(), 'input');
    copyFileSync(request()[which], file);
    const making = makeImatrix(never, request({ [which]: file, out: file, force: true }));
    await expect(making).rejects.toMatchObject({
      code: 'not-writable',
      message: expect.stringContaining('it is what the result is made of'),
    });
    expect(readFileSync(file)).toEqual(readFileSync(request()[which]));
  });

  test('no shard of the model is ever replaced', async () => {
    const model = path.join(tempFolder(), 'm-00001-of-00002.gguf');
    const second = model.replace('00001-of', '00002-of');
    for (const file of [model, second]) writeFileSync(file, 'shard');
    const making = makeImatrix(never, request({ model, out: second, force: true }));
    await expect(making).rejects.toMatchObject({ code: 'not-writable', details: { path: second } });
  });
});
