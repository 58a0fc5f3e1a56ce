import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import type { ManifestFile } from '../../src/batch/manifest/schema.js';
import { openBatch } from '../../src/batch/open-batch.js';
import type { PlannedOutput } from '../../src/batch/plan/job.js';
import { packageVersion } from '../../src/cli/version.js';
import {
  type FileState,
  filesBelow,
  hashesBelow,
  journalOf,
  leftoversOf,
  MANIFEST,
  writeManifest,
} from '../support/batch.js';
import { dataPath, describeWithData } from '../support/data.js';
import { describeWithTools, runTool } from '../support/llama-tools.js';
import { BINARY, runBinary } from '../support/run-cli.js';
import { sharedFolder } from './support/scratch.js';

type Outputs = Extract<NonNullable<ManifestFile['outputs']>, readonly unknown[]>;

/** An output of each model, and the command that makes it alone, without the names of files. */
interface Wanted {
  readonly label: string;
  readonly output: Outputs[number];
  readonly command: readonly string[];
  /** Whether the imatrix belongs to the command. */
  readonly imatrix?: boolean;
}

const MIXTURES = ['Q6_K', 'Q4_K_M', 'Q3_K_M', 'IQ4_XS'] as const;

const WANTED: readonly Wanted[] = [
  ...MIXTURES.map((type) => ({
    label: type,
    output: { type, evaluate: false },
    command: ['quantize', '--type', type],
    imatrix: true,
  })),
  {
    label: 'UD-Q4_K_XL',
    output: { recipe: 'UD-Q4_K_XL', evaluate: false },
    command: ['quantize', '--recipe', 'UD-Q4_K_XL'],
    imatrix: true,
  },
  {
    label: 'pinned',
    output: { type: 'Q5_K_M', label: 'pinned', tensors: { 'token_embd.weight': 'Q8_0' }, evaluate: false },
    command: ['quantize', '--type', 'Q5_K_M', '--tensor', 'token_embd.weight=q8_0'],
    imatrix: true,
  },
  { label: 'Q8_0', output: { type: 'Q8_0', imatrix: false }, command: ['quantize', '--type', 'Q8_0'] },
  {
    label: 'plain',
    output: { type: 'Q6_K', label: 'plain', asIs: true, imatrix: false, evaluate: false },
    command: ['quantize', '--type', 'Q6_K', '--as-is'],
  },
  ...(['Q5_1', 'F16'] as const).map((type) => ({
    label: type,
    output: { type, imatrix: false, evaluate: false },
    command: ['quantize', '--type', type],
  })),
  {
    label: 'table',
    output: { requantize: { 'token_embd.weight': 'Q8_0' }, label: 'table', evaluate: false },
    command: ['requantize', '--tensor', 'token_embd.weight=q8_0'],
  },
  { label: 'fixed', output: { fix: 'safe', label: 'fixed', evaluate: false }, command: ['fix'] },
];

const GEMMA = 'models/tiny-gemma3n-BF16.gguf';
const STORIES = 'models/stories260K.gguf';
const IMATRIX: Readonly<Record<string, string>> = {
  [GEMMA]: 'models/tiny-gemma3n.imatrix.gguf',
  [STORIES]: 'out/stories260K.imatrix.gguf',
};

/** One imatrix is there, the other is made. Only the small model is run, and one output measured: more costs time alone. */
function manifestWith(storiesOutputs: Outputs): ManifestFile {
  return {
    models: [
      { source: GEMMA, outputs: OUTPUTS, imatrix: { file: 'models/tiny-gemma3n.imatrix.gguf' } },
      {
        source: STORIES,
        outputs: storiesOutputs,
        imatrix: { text: dataPath('model', 'calibration.txt'), chunks: 2 },
        evaluate: { text: dataPath('model', 'eval.txt'), chunks: 2 },
      },
    ],
    output: 'out',
  };
}

const OUTPUTS: Outputs = WANTED.map(({ output }) => output);

const TOOLS = ['llama-quantize', 'llama-imatrix', 'llama-perplexity', 'llama-simple'];

// The tests of this file go on from where the one before came to: what they share takes half a minute to make.
describeWithTools('ggufix batch run, two models and twelve outputs of each', TOOLS, () => {
  describeWithData('of trained models', () => {
    let folder = '';
    let planned: readonly PlannedOutput[] = [];
    const out = (): string => path.join(folder, 'out');

    beforeAll(async () => {
      folder = sharedFolder();
      mkdirSync(path.join(folder, 'models'));
      for (const model of [GEMMA, STORIES, 'models/tiny-gemma3n.imatrix.gguf'])
        copyFileSync(dataPath('model', path.basename(model)), path.join(folder, model));
      writeManifest(folder, manifestWith(OUTPUTS));
      planned = await plannedOutputs(path.join(folder, MANIFEST));
      const { err, exit } = runBinary(['batch', 'run', '--progress', 'none'], folder);
      expect(exit, err).toBe(0);
    }, 240_000);

    test('every output is there, journaled once, and nothing else', () => {
      const names = planned.map(({ path: name }) => name);
      expect(names.length).toBe(24);
      const made = [...filesBelow(out()).keys()].filter((file) => file.endsWith('.gguf'));
      expect(made.sort()).toEqual([...names, 'stories260K.imatrix.gguf'].sort());
      const published = journalOf(out()).filter(({ step, status }) => step === 'publish' && status === 'done');
      expect(published.map(({ job }) => job).sort()).toEqual([...names].sort());
      expect(leftoversOf(out())).toEqual([]);
    });

    test('each is as large as predicted, where that can be known', () => {
      const inexact = planned.filter(({ isExact }) => !isExact).map(({ path: name }) => name);
      // The keys of an imatrix that is to be made are not known, nor what room a repair of a copy leaves in its header.
      const ofMade = WANTED.filter(({ imatrix }) => imatrix === true).map(({ label }) => `stories260K-${label}.gguf`);
      expect(inexact.sort()).toEqual([...ofMade, 'tiny-gemma3n-BF16-table.gguf'].sort());
      const exact = planned.filter(({ isExact }) => isExact);
      const real = exact.map(({ path: name }) => [name, statSync(path.join(out(), name)).size]);
      expect(exact.map(({ path: name, bytes }) => [name, bytes])).toEqual(real);
      for (const { path: name, bytes = 0 } of planned)
        expect(Math.abs(statSync(path.join(out(), name)).size - bytes), name).toBeLessThan(1024);
    });

    test('llama.cpp loads each', () => {
      for (const { path: name } of planned) {
        const { err } = runTool('llama-simple', ['-m', path.join(out(), name), '-n', '1', '-ngl', '0', 'Once']);
        expect(err, name).not.toContain('error');
      }
    }, 120_000);

    test('each is, byte for byte, what a command of its own makes', async () => {
      const alone = path.join(folder, 'alone');
      mkdirSync(alone);
      const commands = [GEMMA, STORIES].flatMap((model) =>
        WANTED.map((wanted) => [...commandOf(folder, model, wanted), '--quiet']),
      );
      await runAll(commands, folder);
      // A repair of what was requantized is a command of its own.
      await runAll([['fix', path.join('alone', 'tiny-gemma3n-BF16-table.gguf'), '--quiet']], folder);
      const ours = Object.entries(hashesBelow(out())).filter(([file]) =>
        planned.some(({ path: name }) => name === file),
      );
      expect(Object.fromEntries(ours)).toEqual(hashesBelow(alone));
    }, 240_000);

    test('a second run does nothing', () => {
      const [files, records] = [filesBelow(out()), journalOf(out())];
      const { err, exit } = runBinary(['batch', 'run', '--progress', 'none'], folder);
      expect(exit, err).toBe(0);
      expect(models(filesBelow(out()))).toEqual(models(files));
      expect(journalOf(out())).toEqual(records);
    });

    test('after a change of one option only what it is of is made again', () => {
      const [files, records] = [filesBelow(out()), journalOf(out())];
      const isPinned = (output: Outputs[number]): boolean => typeof output === 'object' && output.label === 'pinned';
      const others = OUTPUTS.filter((output) => !isPinned(output));
      writeManifest(
        folder,
        manifestWith([
          ...others,
          { type: 'Q5_K_M', label: 'pinned', tensors: { 'token_embd.weight': 'Q5_1' }, evaluate: false },
        ]),
      );
      const { err, exit } = runBinary(['batch', 'run', '--progress', 'none'], folder);
      expect(exit, err).toBe(0);
      const after = models(filesBelow(out()));
      const differing = [...after].filter(([file, { sha256 }]) => sha256 !== files.get(file)?.sha256);
      const touched = [...after].filter(([file, { mtimeMs }]) => mtimeMs !== files.get(file)?.mtimeMs);
      const made = ['stories260K-pinned.gguf', 'stories260K-pinned.recipe.json'];
      expect([differing, touched].map((each) => each.map(([file]) => file))).toEqual([made, made]);
      const known = new Set(records.map(({ key }) => key));
      const added = journalOf(out()).filter(({ key }) => !known.has(key));
      expect(new Set(added.map(({ job }) => job))).toEqual(new Set(['stories260K-pinned.gguf']));
    });
  });
});

/** Reports are written anew by every run; models are not. */
function models(files: ReadonlyMap<string, FileState>): ReadonlyMap<string, FileState> {
  return new Map([...files].filter(([file]) => file.endsWith('.gguf') || file.endsWith('.recipe.json')));
}

async function plannedOutputs(file: string): Promise<readonly PlannedOutput[]> {
  const { signal } = new AbortController();
  const options = { version: packageVersion(), engine: 'auto', threads: 0, signal, isExact: true };
  await using batch = await openBatch(file, options);
  return batch.plan.jobs.flatMap(({ output }) => output ?? []);
}

/** The command that makes an output into the folder `alone`, under the name that the batch gives it. */
function commandOf(folder: string, model: string, { label, command, imatrix }: Wanted): readonly string[] {
  const [verb = '', ...flags] = command;
  const stem = path.basename(model, '.gguf');
  // What keeps the types of a file keeps what its name says of them.
  const name = verb === 'quantize' ? stem.replace('-BF16', '') : stem;
  const out = `alone/${name}-${label}.gguf`;
  const calibration = imatrix === true ? ['--imatrix', path.join(folder, IMATRIX[model] ?? '')] : [];
  if (verb === 'quantize') return [verb, model, out, ...flags, ...calibration, '--no-sidecar'];
  return [verb, model, ...flags, '-o', out];
}

/** Runs commands of ggufix, two at a time. */
async function runAll(commands: readonly (readonly string[])[], cwd: string): Promise<void> {
  const left = [...commands];
  const lane = async (): Promise<void> => {
    for (let argv = left.shift(); argv !== undefined; argv = left.shift())
      await promisify(execFile)(process.execPath, [BINARY, ...argv], { cwd });
  };
  await Promise.all([lane(), lane()]);
}
