import { alignUp } from '../../gguf/layout.js';

/** When a shard is full. Without a limit there is one shard for all tensors. */
export interface ShardLimits {
  /**
   * Most bytes of tensor data, padding included. Metadata is not counted, as in llama-gguf-split, and a tensor that is
   * larger gets a shard of its own.
   */
  readonly maxBytes?: number | undefined;
  readonly maxTensors?: number | undefined;
  /** The first shard has all metadata and no tensor: a small file for those who want to read or edit metadata only. */
  readonly metadataOnlyFirst?: boolean | undefined;
}

/** Deals tensors to shards in their order, each into the last one while it has room. Pure; there is always a shard. */
export function dealTensors<T extends { readonly length: number }>(
  tensors: readonly T[],
  alignment: number,
  {
    maxBytes = Number.POSITIVE_INFINITY,
    maxTensors = Number.POSITIVE_INFINITY,
    metadataOnlyFirst = false,
  }: ShardLimits,
): readonly (readonly T[])[] {
  const shards: T[][] = [];
  let bytes = 0;
  for (const tensor of tensors) {
    const length = alignUp(tensor.length, alignment);
    const last = shards.at(-1);
    if (last === undefined || last.length >= maxTensors || bytes + length > maxBytes) {
      shards.push([tensor]);
      bytes = length;
    } else {
      last.push(tensor);
      bytes += length;
    }
  }
  return metadataOnlyFirst || shards.length === 0 ? [[], ...shards] : shards;
}
