import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { ManifestFile } from '../../src/batch/manifest/schema.js';
import { writeManifest } from '../support/batch.js';
import { dataPath, describeWithData } from '../support/data.js';
import { describeWithTools } from '../support/llama-tools.js';
import { smallGemma } from '../support/small-gemma.js';
import { tempFolder } from '../support/temp.js';
import { countOperations, type Death, expectClean, resultsOf, runBatch } from './batch-scene.js';
import { randomFrom } from './random.js';

const seed = Number(process.env['GGUFIX_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const KILLS = process.env['GGUFIX_SLOW'] === undefined ? 6 : 50;

/** Kills that come before an operation on files; the others come at a moment, most of them while a program runs. */
const BEFORE_OPERATIONS = 0.7;

/** Every kind of work that a batch does, on files that take no time. */
const MANIFEST: ManifestFile = {
  models: [
    { source: 'quants', outputs: [{ fix: 'safe', inPlace: true }] },
    {
      source: 'copies/c-Q4_K_M.gguf',
      outputs: [
        'fix',
        { requantize: { 'token_embd.weight': 'F16' }, label: 'table' },
        { fix: 'safe', split: '80KB', label: 'split' },
      ],
    },
    {
      source: 'llama/ok-F32.gguf',
      outputs: ['Q8_0', { type: 'Q5_0', split: '30KB' }, { type: 'Q4_0', set: { 'general.author': 'somebody' } }],
    },
  ],
  output: 'out',
  set: { 'general.license': 'mit' },
};

describeWithTools('a batch that is killed', ['llama-quantize'], () => {
  describeWithData('again and again', () => {
    test(`comes to what an undisturbed one does (${KILLS} kills, GGUFIX_SEED=${seed})`, async () => {
      const random = randomFrom(seed);
      const expected = newScene();
      const started = performance.now();
      const operations = await countOperations(expected);
      const duration = performance.now() - started;
      const files = resultsOf(expected);
      expectClean(expected, 'undisturbed');
      let [kills, scenes, runs] = [0, 0, 0];
      while (kills < KILLS) {
        const folder = newScene();
        scenes += 1;
        const deaths: Death[] = [];
        for (let isDone = false; !isDone; runs += 1) {
          const death = kills < KILLS ? chooseDeath(random, operations, duration) : undefined;
          deaths.push(death);
          isDone = (await runBatch(folder, death, where(deaths))) === 'done';
          if (!isDone) kills += 1;
        }
        expect(resultsOf(folder), where(deaths)).toEqual(files);
        expectClean(folder, where(deaths));
        rmSync(folder, { recursive: true });
      }
      console.log(
        `batch: ${kills} kills in ${runs} runs of ${scenes} batches; ${operations} file operations in ${Math.round(duration)} ms undisturbed`,
      );
    }, 600_000);
  });
});

function where(deaths: readonly Death[]): string {
  return `GGUFIX_SEED=${seed}, ${JSON.stringify(deaths)}`;
}

function chooseDeath(random: () => number, operations: number, duration: number): Death {
  // What was done before is not done again: later runs are shorter, and half of the way is far enough.
  const part = random() * 0.5;
  if (random() < BEFORE_OPERATIONS) return { beforeOperation: 1 + Math.floor(part * operations) };
  return { afterMs: Math.round((0.4 + part) * duration) };
}

function newScene(): string {
  const folder = tempFolder();
  for (const name of ['quants', 'copies', 'llama']) mkdirSync(path.join(folder, name));
  for (const name of ['a', 'b']) writeFileSync(path.join(folder, 'quants', `${name}-Q4_K_M.gguf`), smallGemma(name));
  writeFileSync(path.join(folder, 'copies', 'c-Q4_K_M.gguf'), smallGemma('c'));
  copyFileSync(dataPath('loader', 'ok.gguf'), path.join(folder, 'llama', 'ok-F32.gguf'));
  writeManifest(folder, MANIFEST);
  return folder;
}
