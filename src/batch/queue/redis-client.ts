import type { Redis, RedisOptions } from 'ioredis';
import { loadQueue } from './load.js';

/** A client of ioredis of which `disconnect` always comes to an end, and that of its duplicates too. */
export async function redisClient(options: RedisOptions): Promise<Redis> {
  const { Redis } = await loadQueue();
  class EndingRedis extends Redis {
    /**
     * Between two tries to connect, ioredis 5 only forgets the next try: it never says that it ended, and commands that wait
     * for the connection wait for ever. In the middle of a try it does both.
     */
    override disconnect(reconnect = false): void {
      if (!reconnect && this.status === 'reconnecting') this.connect().catch(() => undefined);
      super.disconnect(reconnect);
    }

    override duplicate(override: Partial<RedisOptions> = {}): Redis {
      return new EndingRedis({ ...this.options, ...override });
    }
  }
  return new EndingRedis(options);
}
