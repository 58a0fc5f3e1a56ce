import { fdatasync } from 'node:fs';
import { promisify } from 'node:util';

/** Bytes written before the system is asked to put them on the disk. */
const SYNC_BYTES = 64 * 2 ** 20;

/** What files that cannot be synced answer: pipes, devices, some network shares. */
const CANNOT_SYNC = new Set(['EINVAL', 'ENOTSUP', 'EROFS', 'ENOSYS']);

const sync = promisify(fdatasync);

/**
 * Has written bytes put on the disk while others are still being computed, so that the sync at the end, which is the
 * caller's, finds little left to do. Requantizing 1 G weights and syncing then take the longer of the two times, not
 * their sum.
 */
export class EarlySync {
  readonly #fd: number;
  #unsynced = 0;
  #running: Promise<void> | undefined;
  #error: unknown;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Counts bytes that have been written, and starts a sync when there are many and none is running. */
  wrote(bytes: number): void {
    this.#unsynced += bytes;
    if (this.#unsynced < SYNC_BYTES || this.#running !== undefined) return;
    this.#unsynced = 0;
    this.#running = this.#start();
  }

  /** Resolves when no sync is running. Rejects if one failed: the system tells of a lost write only once. */
  async settle(): Promise<void> {
    await this.#running;
    if (this.#error !== undefined) throw this.#error;
  }

  async #start(): Promise<void> {
    try {
      await sync(this.#fd);
    } catch (error) {
      if (!CANNOT_SYNC.has((error as NodeJS.ErrnoException).code ?? '')) this.#error ??= error;
    } finally {
      this.#running = undefined;
    }
  }
}
