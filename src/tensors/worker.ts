import { parentPort } from 'node:worker_threads';
import { packError, type Reply, type Request } from './protocol.js';
import { runTask } from './run-task.js';

// The entry of a worker thread: answers one request after another until it is terminated.
parentPort?.on('message', async ({ id, task }: Request) => {
  parentPort?.postMessage(await answer(id, task));
});

async function answer(id: number, task: Request['task']): Promise<Reply> {
  try {
    return { id, ok: true, result: await runTask(task) };
  } catch (error) {
    return { id, ok: false, error: packError(error) };
  }
}
