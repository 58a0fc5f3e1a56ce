import { parentPort } from 'node:worker_threads';
import { packError, type Reply, type Request } from './protocol.js';
import { runTask } from './run-task.js';

// The entry of a worker thread: answers one request after another until it is terminated.
parentPort?.on('message', ({ id, task }: Request) => {
  parentPort?.postMessage(answer(id, task));
});

function answer(id: number, task: Request['task']): Reply {
  try {
    return { id, ok: true, result: runTask(task) };
  } catch (error) {
    return { id, ok: false, error: packError(error) };
  }
}
