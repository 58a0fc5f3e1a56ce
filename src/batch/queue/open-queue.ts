import type { Queue } from 'bullmq';
import { GgufError } from '../../errors.js';
import { atMost } from './at-most.js';
import { connectRedis, type LinkOptions, type RedisLink, redisMessage } from './connect.js';
import { loadQueue } from './load.js';
import { maskedUrl, type RedisAddress } from './redis-address.js';

/** Where a queue is, and how messages are to be given. */
export interface QueuePlace extends LinkOptions {
  readonly address: RedisAddress;
  readonly queueName: string;
}

/** A queue that is connected. */
export interface OpenQueue extends AsyncDisposable {
  readonly queue: Queue;
  readonly link: RedisLink;
}

/** Milliseconds in which a Redis that is there has heard the goodbye. */
const GOODBYE_MS = 2000;

/** Opens a queue, which need not exist: it does as soon as something is added. */
export async function openQueue(place: QueuePlace): Promise<OpenQueue> {
  const { Queue } = await loadQueue();
  const link = await connectRedis(place.address, place);
  const queue = new Queue(place.queueName, { connection: link.client, ...SHARED_OPTIONS });
  queue.on('error', () => {
    // Whoever asked gets it as well; an event without a listener would end the process.
  });
  return {
    queue,
    link,
    async [Symbol.asyncDispose]() {
      // What it waits for comes to an end together with the connection.
      const closed = queue.close();
      await atMost(GOODBYE_MS, link[Symbol.asyncDispose]());
      link.cut();
      await atMost(GOODBYE_MS, closed);
    },
  };
}

/** Does something with a queue; an error of Redis in it becomes `unavailable`, without secrets. */
export async function askQueue<T>(address: RedisAddress, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GgufError) throw error;
    const url = maskedUrl(address);
    const message = `Redis at ${url} failed: ${redisMessage(address, error)}`;
    throw new GgufError('unavailable', message, { what: `Redis at ${url}` });
  }
}

/**
 * Options of queues and workers alike. BullMQ's own look at the server prints on the console, for each of its connections;
 * `connectRedis` has looked already.
 */
export const SHARED_OPTIONS = { skipVersionCheck: true } as const;
