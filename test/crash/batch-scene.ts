import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { hashesBelow, journalOf, leftoversOf } from '../support/batch.js';
import { BINARY } from '../support/run-cli.js';
import { tempFolder } from '../support/temp.js';

/** How a run of a batch is ended, if it does not come to its end before. */
export type Death =
  | { readonly beforeOperation: number /** Only operations of this name count. */; readonly name?: string }
  | { readonly afterMs: number }
  | undefined;

const KILLER = fileURLToPath(new URL('program-killer.js', import.meta.url));

/** Runs the batch of a folder to its end. Resolves to how many operations on files that took, of all or of one name. */
export async function countOperations(folder: string, name?: string): Promise<number> {
  const count = path.join(tempFolder(), 'count');
  const only = name === undefined ? {} : { GGUFIX_DIE_IN: name };
  await runBatch(folder, undefined, 'undisturbed', { GGUFIX_COUNT_TO: count, ...only });
  return Number(readFileSync(count, 'utf8'));
}

/** Runs the batch of a folder. What it did not come to do is the matter of the next run; it must not fail of what is there. */
export async function runBatch(
  folder: string,
  death: Death,
  told: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<'killed' | 'done'> {
  const dying = death === undefined || 'afterMs' in death ? {} : variablesOf(death);
  const argv = ['--import', KILLER, BINARY, 'batch', 'run', '--progress', 'none'];
  const env = { ...process.env, ...variables, ...dying };
  const child = spawn(process.execPath, argv, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const timer =
    death !== undefined && 'afterMs' in death ? setTimeout(() => child.kill('SIGKILL'), death.afterMs) : undefined;
  const [exit, signal] = await once(child, 'exit');
  clearTimeout(timer);
  if (signal === 'SIGKILL') return 'killed';
  expect(exit, `${told}: ${output}`).toBe(0);
  return 'done';
}

function variablesOf({ beforeOperation, name }: Extract<Death, { beforeOperation: number }>): Record<string, string> {
  return { GGUFIX_DIE_AT: String(beforeOperation), ...(name === undefined ? {} : { GGUFIX_DIE_IN: name }) };
}

/** All models that the batch made or repaired, and the sums of them. */
export function resultsOf(folder: string): Readonly<Record<string, string>> {
  const files = Object.entries(hashesBelow(folder)).filter(
    ([file]) => /\.(gguf|recipe\.json)$/.test(file) || path.basename(file) === 'SHA256SUMS',
  );
  return Object.fromEntries(files);
}

/** Expects each step to be journaled once, no step to have failed, and nothing beside the results. */
export function expectClean(folder: string, told: string, root = path.join(folder, 'out')): void {
  const records = journalOf(root);
  const keys = records.map(({ key }) => key);
  const twice = records
    .filter(({ key }, index) => keys.indexOf(key) !== index)
    .map(({ job, step }) => `${job}: ${step}`);
  expect(twice, told).toEqual([]);
  expect(
    records.filter(({ status }) => status === 'failed'),
    told,
  ).toEqual([]);
  expect(leftoversOf(root), told).toEqual([]);
  const hidden = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.split(path.sep).includes('.ggufix-batch'))
    .filter((name) => path.basename(name).startsWith('.'));
  expect(hidden, told).toEqual([]);
}
