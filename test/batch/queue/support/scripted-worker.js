// A worker process: node scripted-worker.js URL ROOT JOBS [drain]. Prints its events, one JSON object a line.
import { readRedisAddress } from '../../../../dist/batch/queue/redis-address.js';
import { runWorker } from '../../../../dist/batch/queue/worker.js';
import { openScript } from './scripted-work.js';

const [url, root, jobs, drain] = process.argv.slice(2);
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => stop.abort(new Error(name)));
await runWorker({
  address: readRedisAddress(url, {}),
  queueName: 'ggufix',
  jobs: Number(jobs),
  roots: [root],
  open: openScript,
  drain: drain === 'drain',
  signal: stop.signal,
  onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
  times: { lockMs: 1500, stalledMs: 700, heldMs: 500, idleMs: 200, unseenMs: 3000, goodbyeMs: 1500 },
});
process.stdout.write(`${JSON.stringify({ event: 'over' })}\n`);
