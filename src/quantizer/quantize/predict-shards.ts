import { alignUp } from '../../gguf/layout.js';
import type { Header, TensorInfo } from '../../gguf/model.js';
import { DEFAULT_ALIGNMENT } from '../../limits.js';
import { type PredictOptions, predictSize } from '../recipes/predict.js';
import type { ResolvedRecipe } from '../recipes/resolved.js';
import { type KeyValue, writtenHeaderBytes } from '../recipes/written-header.js';

/**
 * Exact bytes of each file that llama-quantize makes of a model, from the header alone: of one file, or of one for each
 * list of tensors, as it writes them with `--keep-split`. The first has all metadata, the others only their number.
 */
export function predictShards(
  header: Header,
  shards: readonly (readonly TensorInfo[])[],
  recipe: ResolvedRecipe,
  { keys = [] }: PredictOptions,
): readonly number[] {
  if (shards.length === 1) return [predictSize(header, recipe, { keys }).fileBytes];
  const of = (tensors: readonly TensorInfo[], metadata: Header['metadata']): Header => ({
    ...header,
    tensors,
    metadata,
  });
  return shards.map((tensors, index) => {
    if (index === 0)
      return predictSize(of(tensors, header.metadata), recipe, { keys: [...keys, ...SPLIT_KEYS] }).fileBytes;
    const bare = of(tensors, []);
    return alignUp(writtenHeaderBytes(bare, SPLIT_KEYS), DEFAULT_ALIGNMENT) + predictSize(bare, recipe).tensorBytes;
  });
}

/** Keys of each shard. Their sizes do not depend on the numbers. */
const SPLIT_KEYS: readonly KeyValue[] = [
  { key: 'split.no', value: { type: 'uint16', value: 0 } },
  { key: 'split.count', value: { type: 'uint16', value: 0 } },
  { key: 'split.tensors.count', value: { type: 'int32', value: 0 } },
];
