import { Command } from 'commander';
import { maskedUrl } from '../../batch/queue/redis-address.js';
import { runWorker } from '../../batch/queue/worker.js';
import type { WorkerEvent } from '../../batch/queue/worker-events.js';
import type { BatchWorkerDocument } from '../../report/batch-queue-schemas.js';
import { EXIT } from '../exit.js';
import type { FlagReader } from '../flag-reader.js';
import { addSharedFlags, examples, readFlags } from '../flags.js';
import type { Terminal } from '../terminal.js';
import type { WorkOpener } from './open-work.js';
import { addQueueFlags, queueAddress, readQueueFlags } from './queue-flags.js';
import { workerLine } from './worker-lines.js';

/** `ggufix batch worker`: does jobs of a queue. */
export function workerCommand(terminal: Terminal, openWork: WorkOpener): Command {
  const command = new Command('worker')
    .summary('do jobs of a queue, on as many machines as you like')
    .description(
      'Takes jobs that batch submit put into a queue, one after the other, until it is stopped. Manifests, and all that they name, must be in the folders given with --root. Ctrl-C puts the running jobs back.',
    )
    .option('--jobs <n>', 'jobs at a time (default: 1)')
    .option('--drain', 'end when nothing is left in the queue')
    .option('--engine <engine>', 'auto (default), embedded, or the path of a llama-quantize')
    .addHelpText(
      'after',
      examples([
        ['ggufix batch worker --queue redis://node1 --root /models', 'on each machine'],
        ['ggufix batch worker --queue redis://node1 --root /models --drain', 'in a job of Slurm or Kubernetes'],
      ]),
    )
    .action(async (given: unknown) => {
      const flags = readFlags(given, readWorkerFlags);
      const counts = { done: 0, failed: 0 };
      const onEvent = (event: WorkerEvent): void => {
        if (event.event === 'done') counts.done += 1;
        if (event.event === 'failed' && !event.isRetried) counts.failed += 1;
        if (flags.progress === 'json') terminal.err(`${JSON.stringify(event)}\n`);
        else if (!flags.quiet || event.event === 'failed' || event.event === 'note') terminal.err(workerLine(event));
      };
      const address = queueAddress(flags);
      if (!flags.quiet) terminal.err(`ggufix: working on ${flags.queueName} at ${maskedUrl(address)}\n`);
      const open = openWork(flags);
      await runWorker({ ...flags, address, open, signal: terminal.signal, onEvent });
      const document: BatchWorkerDocument = { schema: 'ggufix.batch-worker/1', ...counts };
      if (flags.json) terminal.out(`${JSON.stringify(document, null, 2)}\n`);
      else if (!flags.quiet) terminal.out(`${counts.done} done, ${counts.failed} failed\n`);
      if (counts.failed > 0) terminal.setExit(EXIT.partial);
      terminal.signal.throwIfAborted();
    });
  return addSharedFlags(addQueueFlags(command));
}

/** Most jobs at a time; more is a slip of the finger. */
const MAX_JOBS = 1024;

function readWorkerFlags(reader: FlagReader) {
  return {
    ...readQueueFlags(reader),
    jobs: reader.integer('jobs', 1, MAX_JOBS) ?? 1,
    drain: reader.isSet('drain'),
    engine: reader.text('engine') ?? 'auto',
  };
}
