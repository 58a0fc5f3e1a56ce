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
    const answers = clients.map((each) => each.get('key').catch((error: Error) => error.message));
    const ended = clients.map((each) => once(each, 'end'));
    client.disconnect();
    await Promise.all(ended);
    expect(await Promise.all(answers)).toEqual(['Connection is closed.', 'Connection is closed.']);
  });
});
