import { type ShardSets, shardSets } from './evidence/shard-sets.js';
import type { SharedFlags } from './flags.js';
import { type LazyPool, lazyPool } from './lazy-pool.js';
import { type LazySandbox, lazySandbox } from './lazy-sandbox.js';
import { type OneAtATime, oneAtATime } from './one-at-a-time.js';

/** What the files of a run share to have things looked up; closed with the run. */
export interface EvidenceTools extends AsyncDisposable {
  /** Queue for what takes the whole machine. */
  readonly alone: OneAtATime;
  readonly pool: LazyPool;
  /** Where chat templates are tried. */
  readonly sandbox: LazySandbox;
  readonly shardSets: ShardSets;
}

/** Tools that cost nothing until a file needs them. */
export function evidenceTools(flags: Pick<SharedFlags, 'threads'>): EvidenceTools {
  const pool = lazyPool(flags);
  const sandbox = lazySandbox();
  return {
    alone: oneAtATime(),
    pool,
    sandbox,
    shardSets: shardSets(),
    async [Symbol.asyncDispose]() {
      await Promise.all([pool[Symbol.asyncDispose](), sandbox[Symbol.asyncDispose]()]);
    },
  };
}
