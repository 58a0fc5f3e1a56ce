import { GGUF_QUANT_DESCRIPTIONS } from '@huggingface/gguf';
import type { Header } from '../gguf/model.js';
import { TENSOR_TYPES } from '../gguf/tensor-types.js';

/**
 * What the tensor types of a file are, in the words of @huggingface/gguf. Import this module only when it is needed:
 * that package takes longer to load than a file to inspect.
 */
export function typeDescriptions({ tensors }: Header): ReadonlyMap<string, string> {
  const known: Readonly<Record<number, { readonly txt: string } | undefined>> = GGUF_QUANT_DESCRIPTIONS;
  const types = new Set(tensors.flatMap(({ type }) => (type === undefined ? [] : [type])));
  return new Map(
    [...types].flatMap((type) => {
      const text = known[TENSOR_TYPES[type].id]?.txt;
      return text === undefined ? [] : [[type, text] as const];
    }),
  );
}
