import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ManifestFile } from '../../src/batch/manifest/schema.js';
import { refusalLine, run } from '../bad-input/attempt.js';
import { journalOf, leftoversOf, writeManifest } from '../support/batch.js';
import { dataPath, describeWithData } from '../support/data.js';
import { describeWithTools } from '../support/llama-tools.js';
import { BINARY, type CliResult, runBinary } from '../support/run-cli.js';
import { tempFolder } from '../support/temp.js';

const MODEL = 'models/stories260K.gguf';
const START: ManifestFile = { models: MODEL, output: 'out', outputs: ['Q8_0', 'Q4_0'] };
const BATCH = ['batch', 'run', '--progress', 'none', '--jobs', '1'] as const;

/** Runs the manifest and expects what is printed to fit into a terminal. */
function runBatch(folder: string): CliResult {
  const result = runBinary(BATCH, folder);
  for (const line of result.out.split('\n'))
    if (!line.includes(folder)) expect(line.length, line).toBeLessThanOrEqual(80);
  return result;
}

/** Expects a batch that failed before to come to its end. */
function expectHealed(folder: string, manifest: ManifestFile = START): void {
  writeManifest(folder, manifest);
  const { err, exit } = runBatch(folder);
  expect([err, exit]).toEqual(['', 0]);
  expect(modelsIn(path.join(folder, 'out'))).toEqual(['stories260K-Q4_0.gguf', 'stories260K-Q8_0.gguf']);
  const published = journalOf(path.join(folder, 'out')).filter(
    ({ step, status }) => step === 'publish' && status === 'done',
  );
  expect(published.length).toBe(2);
  expect(leftoversOf(path.join(folder, 'out'))).toEqual([]);
}

function modelsIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.gguf'));
}

describeWithTools('a batch that cannot be done', ['llama-quantize'], () => {
  describeWithData('says why, and goes on when it can', () => {
    let folder = '';
    beforeEach(() => {
      folder = tempFolder();
      mkdirSync(path.join(folder, 'models'));
      copyFileSync(dataPath('model', 'stories260K.gguf'), path.join(folder, MODEL));
    });

    test('a limit for the disk: what fits is made, exit 4; with more room the rest', () => {
      writeManifest(folder, { ...START, limits: { disk: '500KB' } });
      const { out, err, exit } = runBatch(folder);
      expect(exit).toBe(4);
      expect(err).toMatch(
        /^✗ stories260K-Q4_0\.gguf: needs \d+ bytes of disk, and \d+ are free or allowed by limits\.disk\n$/,
      );
      expect(out).toContain('1 of 2 outputs, 371 KiB, 1 failed');
      expectHealed(folder);
    });

    test('a full disk: the same', ({ skip }) => {
      const disk = smallDisk();
      if ('why' in disk) return skip(disk.why);
      try {
        writeManifest(folder, { ...START, output: path.join(disk.folder, 'out') });
        const { err, exit } = runBatch(folder);
        expect(exit).toBe(4);
        expect(err).toMatch(/^✗ stories260K-Q4_0\.gguf: needs \d+ bytes of disk, and \d+ are free/);
        spawnSync('mount', ['-o', 'remount,size=8m', disk.folder]);
        expect(runBatch(folder).exit).toBe(0);
        expect(modelsIn(path.join(disk.folder, 'out')).length).toBe(2);
        expect(leftoversOf(path.join(disk.folder, 'out'))).toEqual([]);
      } finally {
        spawnSync('umount', [disk.folder]);
      }
    });

    test('a source that is not there: the others are made, exit 4; once it is there it is made of as well', () => {
      writeManifest(folder, { ...START, models: [MODEL, 'models/late.gguf'] });
      const { out, err, exit } = runBatch(folder);
      expect(exit).toBe(4);
      expect(err).toBe(`✗ source of models/late.gguf: cannot read ${folder}/models/late.gguf: no such file\n`);
      expect(out).toContain('2 of 2 outputs, 641 KiB, 1 model cannot be used');
      copyFileSync(path.join(folder, MODEL), path.join(folder, 'models', 'late.gguf'));
      expect(runBatch(folder)).toMatchObject({ err: '', exit: 0 });
      expect(modelsIn(path.join(folder, 'out')).length).toBe(4);
    });

    test('a recipe file that is wrong: its output fails with line and column, exit 4', () => {
      writeFileSync(path.join(folder, 'mine.yaml'), 'schema: ggufix.recipe/1\nno key here\n');
      const outputs = ['Q8_0', { recipe: 'mine.yaml', label: 'mine' }];
      writeManifest(folder, { ...START, outputs });
      const { err, exit } = runBatch(folder);
      expect(exit).toBe(4);
      expect(err).toMatch(/^✗ stories260K-mine\.gguf: .*mine\.yaml:2:1: .+\n$/);
      expect(modelsIn(path.join(folder, 'out'))).toEqual(['stories260K-Q8_0.gguf']);
      expectHealed(folder);
    });

    test('a manifest that is wrong: the place and what was meant, exit 2, nothing written', () => {
      writeManifest(folder, { ...START, outputs: ['Q8_0', 'Q4_X'] });
      const refusal = runBatch(folder);
      expect(refusalLine(refusal, 2)).toMatch(/ggufix\.batch\.yaml:\d+:\d+: outputs\.1: .*'Q4_X'.*'Q4_0'/);
      expect(existsSync(path.join(folder, 'out'))).toBe(false);
    });

    test.skipIf(process.getuid?.() !== 0)(
      'an output folder that nobody may write to: exit 3, and nothing is tried',
      () => {
        mkdirSync(path.join(folder, 'out'));
        chmodSync(folder, 0o755);
        chmodSync(path.join(folder, 'out'), 0o555);
        writeManifest(folder, START);
        const refusal = run(folder, BATCH, { uid: 65534 });
        expect(refusalLine(refusal, 3)).toMatch(/cannot write to the output folder: .*permission denied/);
        expectHealed(folder);
      },
    );

    test('without llama-perplexity nothing begins: exit 3', () => {
      const programs = path.join(folder, 'programs');
      mkdirSync(programs);
      const { stdout } = spawnSync('sh', ['-c', 'command -v llama-quantize'], { encoding: 'utf8' });
      symlinkSync(stdout.trim(), path.join(programs, 'llama-quantize'));
      writeManifest(folder, { ...START, evaluate: dataPath('model', 'eval.txt') });
      const { LLAMA_PERPLEXITY: _program, ...env } = process.env;
      const refusal = runBinary(BATCH, folder, { ...env, PATH: programs });
      expect(refusalLine(refusal, 3)).toContain('llama-perplexity');
      expect(existsSync(path.join(folder, 'out'))).toBe(false);
      expectHealed(folder);
    });

    test('two runs at once: the second is refused with who is at work, exit 3, and the first ends well', async () => {
      writeManifest(folder, { ...START, outputs: ['Q8_0', 'Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q6_K'] });
      const first = spawn(process.execPath, [BINARY, ...BATCH], { cwd: folder, stdio: 'ignore' });
      const ended = once(first, 'exit');
      while (!existsSync(path.join(folder, 'out', '.ggufix-batch', 'journal')) && first.exitCode === null)
        await sleep(5);
      // The first has to be at work still when the second comes to its lease.
      first.kill('SIGSTOP');
      const second = runBinary(BATCH, folder);
      first.kill('SIGCONT');
      expect(refusalLine(second, 3)).toMatch(/process \d+ on .+ is at work on this already/);
      expect(await ended).toEqual([0, null]);
      expect(modelsIn(path.join(folder, 'out')).length).toBe(6);
    });
  });
});

describe.skipIf(process.platform === 'win32')('Ctrl-C', () => {
  describeWithData('stops a batch', () => {
    test('cleanly: exit 130, and the next run goes on', async () => {
      const folder = tempFolder();
      mkdirSync(path.join(folder, 'models'));
      copyFileSync(dataPath('model', 'stories260K.gguf'), path.join(folder, MODEL));
      writeManifest(folder, { ...START, outputs: ['Q8_0', 'Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q6_K'] });
      const child = spawn(process.execPath, [BINARY, ...BATCH], { cwd: folder, stdio: 'ignore' });
      while (
        child.exitCode === null &&
        (!existsSync(path.join(folder, 'out')) || modelsIn(path.join(folder, 'out')).length === 0)
      )
        await sleep(5);
      child.kill('SIGINT');
      expect(await once(child, 'exit')).toEqual([130, null]);
      expect(modelsIn(path.join(folder, 'out')).length).toBeLessThan(6);
      const { exit, err } = runBinary(BATCH, folder);
      expect([exit, err]).toEqual([0, '']);
      expect(modelsIn(path.join(folder, 'out')).length).toBe(6);
      const keys = journalOf(path.join(folder, 'out')).map(({ key }) => key);
      expect(keys.length).toBe(new Set(keys).size);
      expect(leftoversOf(path.join(folder, 'out'))).toEqual([]);
    });
  });
});

/** A file system of 600 KB, on which the larger output has room and not both; or why there is none. */
function smallDisk(): { readonly folder: string } | { readonly why: string } {
  const folder = tempFolder();
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', folder], {
    encoding: 'utf8',
  });
  if (status !== 0) return { why: error?.message ?? stderr.trim() };
  return { folder };
}
