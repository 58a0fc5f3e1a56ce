import type { Redis, RedisOptions } from 'ioredis';
import { loadQueue } from './load.js';

/** A client of ioredis of which `disconnect` always comes to an end. It ends its duplicates as well. */
export async function redisClient(options: RedisOptions): Promise<Redis> {
  const { Redis } = await loadQueue();
  class EndingRedis extends Redis {
    readonly #copies = new Set<Redis>();

    /**
     * Between two tries to connect, ioredis 5 only forgets the next try: it never says that it ended, and commands that wait
     * for the connection wait for ever. In the middle of a try it does both.
     */
    override disconnect(reconnect = false): void {
      if (!reconnect && this.status === 'reconnecting') this.connect().catch(() => undefined);
      super.disconnect(reconnect);
      if (!reconnect) for (const copy of this.#copies) copy.disconnect();
    }

    override duplicate(override: Partial<RedisOptions> = {}): Redis {
      const copy = new EndingRedis({ ...this.options, ...override });
      this.#copies.add(copy);
      return copy;
    }
  }
  return new EndingRedis(options);
}
