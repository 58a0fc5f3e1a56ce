import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { MANIFEST, writeManifest } from '../support/batch.js';
import { dataPath, describeWithData } from '../support/data.js';
import { describeWithTools } from '../support/llama-tools.js';
import { describeWithRedis, startRedis } from '../support/redis.js';
import { BINARY } from '../support/run-cli.js';

const run = promisify(execFile);

/** What an output folder holds besides the state: names and bytes. `results.json` tells how long steps took. */
function resultsOf(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !name.startsWith('.') && name !== 'results.json' && statSync(path.join(folder, name)).isFile(),
  );
  return new Map(names.sort().map((name) => [name, readFileSync(path.join(folder, name)).toString('base64')]));
}

describeWithData('a batch on a queue', () => {
  describeWithTools('by two workers', ['llama-quantize', 'llama-imatrix', 'llama-perplexity'], () => {
    describeWithRedis('and a Redis', () => {
      test('gives the files, recipes and tables of a local run', async () => {
        await using redis = await startRedis();
        const root = mkdtempSync(path.join(tmpdir(), 'ggufix-batch-queue-'));
        const folders = ['local', 'queued'].map((name) => path.join(root, name));
        for (const folder of folders) {
          mkdirSync(folder);
          copyFileSync(dataPath('model', 'stories260K.gguf'), path.join(folder, 'stories260K.gguf'));
          writeManifest(folder, {
            models: 'stories260K.gguf',
            output: 'out',
            outputs: ['Q8_0', 'Q4_K_M', 'UD-Q4_K_XL', { type: 'Q5_0', split: '200 KB' }, { bpw: 8 }, 'fix'],
            imatrix: { text: dataPath('model', 'calibration.txt'), chunks: 4 },
            evaluate: { text: dataPath('model', 'eval.txt'), chunks: 2 },
            set: { 'general.license': 'mit' },
          });
        }
        const [local = '', queued = ''] = folders;
        const ggufix = (cwd: string, ...args: readonly string[]) =>
          run(process.execPath, [BINARY, 'batch', ...args], { cwd });
        const place = ['--queue', redis.url, '--root', '/'];
        await ggufix(local, 'run', MANIFEST);
        await ggufix(queued, 'submit', MANIFEST, ...place);
        await Promise.all([1, 2].map(() => ggufix(queued, 'worker', ...place, '--drain')));
        const made = resultsOf(path.join(queued, 'out'));
        expect(made.size).toBeGreaterThan(12);
        expect(made).toEqual(resultsOf(path.join(local, 'out')));
      }, 240_000);
    });
  });
});
