import { planSplit, type SplitPlan } from '../../edit/split/plan-split.js';
import type { Header } from '../../gguf/model.js';

/** Tries to keep headers within the limit as well; each brings the largest shard below it, or shows that it cannot be. */
const MAX_TRIES = 8;

/**
 * A split whose files have at most `maxBytes`, headers and all, where `planSplit` counts tensors only. A file of one tensor that
 * is larger stays as large as it is. Pure.
 */
export function planWithin(header: Header, maxBytes: number): SplitPlan {
  let limit = maxBytes;
  let plan = planSplit(header, { maxBytes: limit });
  for (let tries = 1; tries < MAX_TRIES; tries += 1) {
    const sizes = plan.shards.filter(({ tensors }) => tensors > 1).map(({ plan: { newSize } }) => newSize);
    const excess = Math.max(0, ...sizes) - maxBytes;
    if (excess <= 0 || limit <= excess) return plan;
    limit -= excess;
    plan = planSplit(header, { maxBytes: limit });
  }
  return plan;
}
