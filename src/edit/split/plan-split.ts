import { GgufError } from '../../errors.js';
import { findEntry, type Header } from '../../gguf/model.js';
import { isIntegerType } from '../../gguf/value-types.js';
import { scalarValue } from '../../gguf/values.js';
import { MAX_SHARDS } from '../../sources/shard-name.js';
import { applyEdits, type DraftTensor } from '../draft.js';
import type { RewritePlan } from '../plan.js';
import { dealTensors, type ShardLimits } from './deal-tensors.js';
import { isSplitKey, planShard } from './plan-shard.js';

/** One file of a split. */
export interface PlannedShard {
  /** Tensors in it. */
  readonly tensors: number;
  /** Its header and what is copied from the source; `newSize` is exactly its bytes. */
  readonly plan: RewritePlan;
}

/** How a file becomes a set of shards, as a value; nothing is written yet. */
export interface SplitPlan {
  readonly shards: readonly [PlannedShard, ...PlannedShard[]];
  /** Exact bytes of all of them. */
  readonly bytes: number;
}

/**
 * Plans the shards of a file as llama-gguf-split makes them: tensors in file order, all metadata in the first, in the
 * others only their number. Pure. Throws `refused-by-writer` for a file that is a shard itself or would give shards that
 * llama.cpp refuses, `over-limit` where there would be more than `MAX_SHARDS`.
 */
export function planSplit(header: Header, limits: ShardLimits): SplitPlan {
  refuseShard(header);
  const draft = applyEdits(header, []);
  refuseDuplicates(draft.tensors);
  const dealt = dealTensors(draft.tensors, draft.alignment, limits);
  if (dealt.length > MAX_SHARDS) throw tooMany(dealt.length);
  const set = { count: dealt.length, tensors: draft.tensors.length };
  const shards = dealt.map((tensors, number) => ({
    tensors: tensors.length,
    plan: planShard({ ...draft, tensors }, number, set),
  }));
  const [first, ...others] = shards;
  if (first === undefined) throw new TypeError('a split has at least one shard');
  return { shards: [first, ...others], bytes: shards.reduce((sum, { plan }) => sum + plan.newSize, 0) };
}

/** Split keys that were left over in a file with all tensors do not matter: they are replaced. */
function refuseShard(header: Header): void {
  const count = splitValue(header, 'split.count') ?? 1;
  if (count <= 1 || splitValue(header, 'split.tensors.count') === header.tensors.length) return;
  const what = `a shard of a set of ${count}`;
  const message = `the file is ${what}: join them first, with llama-gguf-split --merge`;
  throw new GgufError('refused-by-writer', message, { what });
}

function splitValue(header: Header, key: string): number | undefined {
  const entry = findEntry(header, key);
  return isSplitKey(key) && entry !== undefined && isIntegerType(entry.type) ? Number(scalarValue(entry)) : undefined;
}

/** Each shard by itself would be good. */
function refuseDuplicates(tensors: readonly DraftTensor[]): void {
  const seen = new Set<string>();
  for (const { info } of tensors) {
    if (seen.has(info.name)) {
      const what = `tensor '${info.name}' twice`;
      throw new GgufError('refused-by-writer', `llama.cpp would refuse the shards: the file has ${what}`, { what });
    }
    seen.add(info.name);
  }
}

function tooMany(count: number): GgufError<'over-limit'> {
  const message = `there would be ${count} shards, expected at most ${MAX_SHARDS}: allow more bytes or tensors for each`;
  return new GgufError('over-limit', message, { at: 0, what: 'shards', value: String(count), limit: MAX_SHARDS });
}
