import { once } from 'node:events';
import { expect, test } from 'vitest';
import { redisClient } from '../../../src/batch/queue/redis-client.js';
import { describeWithRedis, startRedis } from '../../support/redis.js';

describeWithRedis('redisClient', () => {
  test('disconnected between two tries to connect, it ends, and what waited is rejected; a duplicate too', async () => {
    await using redis = await startRedis();
    const options = { port: redis.port, lazyConnect: true, maxRetriesPerRequest: null, retryStrategy: () => 60_000 };
    const client = await redisClient(options);
    const clients = [client, client.duplicate()];
    for (const each of clients) each.on('error', () => undefined);
    await Promise.all(clients.map((each) => each.connect()));
    const lost = clients.map((each) => once(each, 'reconnecting'));
    await redis.stop();
    await Promise.all(lost);
    for (const each of clients) {
      const answer = each.get('key').catch((error: Error) => error.message);
      const ended = once(each, 'end');
      each.disconnect();
      await ended;
      expect(await answer).toBe('Connection is closed.');
    }
  });
});
