import { ftruncateSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createPool } from '../../src/tensors/pool.js';
import { tempFile } from '../support/temp.js';
import { openTargetFile } from './support/files.js';
import { isWorkerBuilt, workerUrl } from './support/worker.js';

/** Four tasks: one for the calling thread, the others for a worker. */
const BYTES = 4 * 16 * 2 ** 20;

// Workers that misbehave, as modules.

/** A worker that answers the first request and does `rest` at the second. */
const afterOne = (rest: string): string => `
  import { parentPort } from 'node:worker_threads';
  let requests = 0;
  parentPort.on('message', ({ id }) => {
    requests += 1;
    if (requests === 1) parentPort.postMessage({ id, ok: true, result: { bytesWritten: 0, sumSquared: 0, sumSquaredError: 0 } });
    else { ${rest} }
  });`;

describe('a worker that dies is an error, not a hang', () => {
  test.each([
    ['exits', "import 'node:worker_threads'; process.exit(3);", 'it exited with code 3'],
    ['ends at once', 'export {};', 'it exited with code 0'],
    ['throws while it loads', "throw new Error('no such kernel');", 'no such kernel'],
    ['does not exist', undefined, /Cannot find module/],
    ['exits at the second task', afterOne('process.exit(4)'), 'it exited with code 4'],
    ['throws at the second task', afterOne("throw new Error('lost')"), 'lost'],
    ['has an unhandled rejection', afterOne("Promise.reject(new Error('forgotten'))"), 'forgotten'],
    ['throws what is no error', afterOne("throw 'text'"), 'text'],
  ])('%s', async (_, source, why) => {
    const file = source === undefined ? '/nowhere/worker.mjs' : tempFile(Buffer.from(source), 'worker.mjs');
    await using pool = createPool({ threads: 2, workerUrl: pathToFileURL(file), tasksForWorkers: 2 });
    await expect(copyMuch(pool)).rejects.toMatchObject({
      name: 'GgufError',
      code: 'worker-died',
      details: { why: typeof why === 'string' ? why : expect.stringMatching(why) },
    });
  });

  test('the next job gets a new worker', async () => {
    const file = tempFile(Buffer.from('process.exit(1);'), 'worker.mjs');
    await using pool = createPool({ threads: 3, workerUrl: pathToFileURL(file), tasksForWorkers: 2 });
    for (let time = 0; time < 2; time += 1) {
      await expect(copyMuch(pool)).rejects.toMatchObject({ code: 'worker-died' });
    }
  });
});

describe.skipIf(!isWorkerBuilt)('closing a pool', () => {
  test.each([0, 3])('ends the jobs that run in %i threads', async (threads) => {
    const pool = createPool({ threads, workerUrl, tasksForWorkers: 2 });
    const job = copyMuch(pool);
    const outcome = expect(job).rejects.toMatchObject({ code: 'aborted', details: { why: 'pool closed' } });
    await pool[Symbol.asyncDispose]();
    await outcome;
  });

  test('refuses jobs that come later', async () => {
    const pool = createPool({ threads: 2, workerUrl, tasksForWorkers: 2 });
    await pool[Symbol.asyncDispose]();
    await expect(copyMuch(pool)).rejects.toMatchObject({ code: 'aborted' });
  });

  test('can be done twice, and without any job before', async () => {
    const pool = createPool({ threads: 3, workerUrl, tasksForWorkers: 2 });
    await pool[Symbol.asyncDispose]();
    await expect(pool[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });
});

async function copyMuch(pool: ReturnType<typeof createPool>): Promise<void> {
  const source = openTargetFile();
  ftruncateSync(source.fd, BYTES);
  const target = openTargetFile();
  await pool.copy({ from: { fd: source.fd, offset: 0 }, to: { fd: target.fd, offset: 0 }, length: BYTES });
}
