import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The built worker: a thread needs JavaScript, and vitest runs TypeScript. */
export const workerUrl = new URL('../../../dist/tensors/worker.js', import.meta.url);

/** Whether `npm run build` has run, as it does before `npm test`. */
export const isWorkerBuilt = existsSync(fileURLToPath(workerUrl));
