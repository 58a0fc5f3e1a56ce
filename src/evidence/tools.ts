import { type LazyPool, lazyPool } from './lazy-pool.js';
import { type LazySandbox, lazySandbox } from './lazy-sandbox.js';
import { type OneAtATime, oneAtATime } from './one-at-a-time.js';
import { type ShardSets, shardSets } from './shard-sets.js';

/** What the files of a run share to have things looked up; closed with the run. */
export interface EvidenceTools extends AsyncDisposable {
  /** Queue for what takes the whole machine. */
  readonly alone: OneAtATime;
  readonly pool: LazyPool;
  /** Where chat templates are tried. */
  readonly sandbox: LazySandbox;
  /** Remembers the headers of a set: files that change meanwhile need new tools. */
  readonly shardSets: ShardSets;
}

/** What they are made with. */
export interface ToolOptions {
  /** Worker threads; 0 works in the main thread, `undefined` means one for each processor. */
  readonly threads: number | undefined;
  /** The workers of somebody who goes on with them: they stay open. */
  readonly pool?: LazyPool;
}

/** Tools that cost nothing until a file needs them. */
export function evidenceTools({ threads, pool: lent }: ToolOptions): EvidenceTools {
  const pool = lent ?? lazyPool({ threads });
  const sandbox = lazySandbox();
  return {
    alone: oneAtATime(),
    pool,
    sandbox,
    shardSets: shardSets(),
    async [Symbol.asyncDispose]() {
      const own = lent === undefined ? [pool, sandbox] : [sandbox];
      await Promise.all(own.map((tool) => tool[Symbol.asyncDispose]()));
    },
  };
}
