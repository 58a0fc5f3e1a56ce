import { TENSOR_TYPES, type TensorTypeName } from '../gguf/tensor-types.js';

/** What a tensor type is, in the words of @huggingface/gguf. Loading that takes longer than inspecting a file. */
export async function typeDescriptions(types: readonly TensorTypeName[]): Promise<ReadonlyMap<TensorTypeName, string>> {
  const { GGUF_QUANT_DESCRIPTIONS } = await import('@huggingface/gguf');
  const known: Readonly<Record<number, { readonly txt: string } | undefined>> = GGUF_QUANT_DESCRIPTIONS;
  return new Map(
    types.flatMap((type) => {
      const text = known[TENSOR_TYPES[type].id]?.txt;
      return text === undefined ? [] : [[type, text] as const];
    }),
  );
}
