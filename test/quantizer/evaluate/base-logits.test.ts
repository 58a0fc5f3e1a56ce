import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { companionsOf } from '../../../src/edit/companions.js';
import { withLock } from '../../../src/edit/lock.js';
import { type BaseOptions, openBaseLogits } from '../../../src/quantizer/evaluate/base-logits.js';
import { logitsBytes } from '../../../src/quantizer/evaluate/logits-size.js';
import { openPerplexity } from '../../../src/quantizer/evaluate/perplexity.js';
import { gguf } from '../../support/gguf-builder.js';
import { tempFile, tempFolder } from '../../support/temp.js';
import { type ScriptedRun, scriptedProgram, zeroLogits } from '../support/evaluate.js';

const SHAPE = { contextSize: 16, vocabularySize: 4, chunks: 3 };
const GOOD: ScriptedRun = { logits: zeroLogits(SHAPE) };

/** A base and a text in a folder that other files go to as well. */
function ground(): { base: string; text: string; folder: string } {
  const items = ['a', 'b', 'c', 'd'];
  const base = tempFile(gguf().metadata('tokenizer.ggml.tokens', { type: 'array', itemType: 'string', items }).bytes());
  const folder = path.join(path.dirname(base), 'work');
  mkdirSync(folder);
  const text = path.join(path.dirname(base), 'text.txt');
  writeFileSync(text, 'some text');
  return { base, text, folder };
}

async function opened(options: BaseOptions, run: ScriptedRun = GOOD) {
  const { program, calls } = scriptedProgram([run]);
  return { logits: await openBaseLogits(await openPerplexity(program), options), calls: calls() };
}

describe.skipIf(process.platform === 'win32')('scores that are not kept', () => {
  test('stand in a folder of their own and go when they are disposed of', async () => {
    const { folder, ...files } = ground();
    const { logits, calls } = await opened({ ...files, workFolder: folder, chunks: 3 });
    expect(logits).toMatchObject({ shape: SHAPE, isReused: false });
    expect(calls).toEqual([`-m ${files.base} -f ${files.text} -c 512 --chunks 3 --kl-divergence-base ${logits.file}`]);
    expect(existsSync(logits.file)).toBe(true);
    await logits[Symbol.asyncDispose]();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('go at once where they could not be computed', async () => {
    const { folder, ...files } = ground();
    const half = { logits: zeroLogits(SHAPE).subarray(0, 100) };
    await expect(opened({ ...files, workFolder: folder }, half)).rejects.toMatchObject({ code: 'engine-failed' });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('scores that are kept', () => {
  test('are computed once, and say what they are of', async () => {
    const { folder, ...files } = ground();
    const keepBase = path.join(folder, 'b.kld');
    const first = await opened({ ...files, keepBase });
    await first.logits[Symbol.asyncDispose]();
    expect(readdirSync(folder)).toEqual(['b.kld']);
    const behind = readFileSync(keepBase, 'utf8').slice(logitsBytes(SHAPE));
    expect(JSON.parse(behind)).toMatchObject({ schema: 'ggufix.base-logits/1' });
    const second = await opened({ ...files, keepBase });
    expect(second.logits).toMatchObject({ file: keepBase, shape: SHAPE, isReused: true });
    expect(second.calls).toEqual(['']);
  });

  test('are not replaced by those of another text', async () => {
    const { folder, ...files } = ground();
    const keepBase = path.join(folder, 'b.kld');
    await opened({ ...files, keepBase });
    const before = readFileSync(keepBase);
    writeFileSync(files.text, 'another text');
    await expect(opened({ ...files, keepBase })).rejects.toMatchObject({ code: 'mismatch', details: { what: 'text' } });
    expect(readFileSync(keepBase)).toEqual(before);
  });

  test('leave nothing behind where they could not be computed', async () => {
    const { folder, ...files } = ground();
    const keepBase = path.join(folder, 'b.kld');
    await expect(opened({ ...files, keepBase }, { exitCode: 1, err: 'E no' })).rejects.toMatchObject({
      code: 'engine-failed',
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('do not replace a file that appeared meanwhile', async () => {
    const { folder, ...files } = ground();
    const keepBase = path.join(folder, 'b.kld');
    const onProgress = (): void => writeFileSync(keepBase, 'precious');
    const run = { ...GOOD, err: '0.1 I perplexity: calculating perplexity over 3 chunks, n_ctx=512\n' };
    await expect(opened({ ...files, keepBase, onProgress }, run)).rejects.toMatchObject({ code: 'not-writable' });
    expect(readFileSync(keepBase, 'utf8')).toBe('precious');
    expect(readdirSync(folder)).toEqual(['b.kld']);
  });

  test('are made by one process at a time, where `recover` looks; what a killed run left goes', async () => {
    const { folder, ...files } = ground();
    const keepBase = path.join(folder, 'b.kld');
    const { lock, temp } = companionsOf(keepBase);
    mkdirSync(`${temp}-killed`);
    const { logits, calls } = await opened({ ...files, keepBase });
    expect(calls[0]).toContain(`--kl-divergence-base ${temp}-`);
    expect(readdirSync(folder)).toEqual(['b.kld']);
    await logits[Symbol.asyncDispose]();
    rmSync(keepBase);
    await withLock(lock, keepBase, async () => {
      await expect(opened({ ...files, keepBase })).rejects.toMatchObject({ code: 'locked' });
    });
  });

  test('need a folder, and take the place of no other file', async () => {
    const { folder, ...files } = ground();
    await expect(opened({ ...files, keepBase: path.join(folder, 'no', 'b.kld') })).rejects.toMatchObject({
      code: 'not-writable',
    });
    const model = tempFile(gguf().bytes());
    await expect(opened({ ...files, keepBase: model })).rejects.toMatchObject({ code: 'mismatch' });
    expect(readFileSync(model)).toEqual(Buffer.from(gguf().bytes()));
  });
});

describe.skipIf(process.platform === 'win32')('scores that are given', () => {
  test('need neither base nor text', async () => {
    const baseLogits = tempFile(zeroLogits(SHAPE), 'b.kld');
    const { logits, calls } = await opened({ baseLogits });
    expect(logits).toMatchObject({ file: baseLogits, shape: SHAPE, isReused: true });
    expect(calls).toEqual(['']);
    await logits[Symbol.asyncDispose]();
    expect(existsSync(baseLogits)).toBe(true);
  });

  test('must fit what is asked for', async () => {
    const baseLogits = tempFile(zeroLogits(SHAPE), 'b.kld');
    await expect(opened({ baseLogits, contextSize: 512 })).rejects.toThrow('tokens of a chunk is 16, expected 512');
    await expect(opened({ baseLogits, chunks: 5 })).rejects.toThrow('number of chunks is 3');
    await expect(opened({ baseLogits: path.join(tempFolder(), 'no.kld') })).rejects.toMatchObject({
      code: 'source-unreadable',
    });
  });
});

test.skipIf(process.platform === 'win32')('nothing to compute from is a wrong option', async () => {
  await expect(opened({ base: 'x.gguf' })).rejects.toMatchObject({ code: 'bad-option' });
});
