/** The layer that a tensor belongs to by its name, as llama-quantize reads it: layers of encoders have none. */
export function layerOf(name: string): number | undefined {
  const [, block] = /^blk\.(\d{1,9})\./.exec(name) ?? [];
  return block === undefined ? undefined : Number(block);
}
