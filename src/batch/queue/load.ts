import { GgufError } from '../../errors.js';

/**
 * BullMQ and ioredis, loaded when a queue is used. They are optional dependencies: who works on one machine does not need
 * them, and loading them takes longer than most commands run.
 */
export async function loadQueue(): Promise<QueuePackages> {
  try {
    const [bullmq, ioredis] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { Queue: bullmq.Queue, Worker: bullmq.Worker, errors: bullmq, Redis: ioredis.Redis };
  } catch (error) {
    const message = 'a queue needs the packages bullmq and ioredis: npm install bullmq@6.7.0 ioredis@5.11.1';
    throw new GgufError('unavailable', message, { what: 'bullmq and ioredis' }, { cause: error });
  }
}

/** What we use of them. */
export interface QueuePackages {
  readonly Queue: typeof import('bullmq').Queue;
  readonly Worker: typeof import('bullmq').Worker;
  readonly errors: Pick<typeof import('bullmq'), 'DelayedError' | 'UnrecoverableError' | 'WaitingError'>;
  readonly Redis: typeof import('ioredis').Redis;
}
