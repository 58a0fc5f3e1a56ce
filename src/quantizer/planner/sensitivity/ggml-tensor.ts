/** Bytes of `struct ggml_tensor` on 64-bit systems. */
export const TENSOR_STRUCT_BYTES = 336;

/** A tensor of a graph that llama.cpp computes. Sizes are in elements, strides in bytes, fastest dimension first. */
export interface NativeTensor {
  readonly typeId: number;
  readonly operationId: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  /** Addresses of what it is made from; 0 for none. */
  readonly sources: readonly bigint[];
  /** Address of its elements. */
  readonly data: bigint;
  readonly name: string;
}

/**
 * Reads a tensor's struct, as ggml.h of the releases in `embedded/structs.ts` has it:
 *
 *     0 type   8 buffer   16 ne[4]   48 nb[4]   80 op   84 op_params[16]   148 flags   152 src[10]
 *     232 view_src   240 view_offs   248 data   256 name[64]   320 extra   328 padding[8]
 */
export function parseTensor(struct: ArrayBuffer): NativeTensor {
  const view = new DataView(struct);
  const sizes = (at: number): number[] => [0, 1, 2, 3].map((i) => Number(view.getBigInt64(at + i * 8, true)));
  const name = Buffer.from(struct, 256, 64);
  const end = name.indexOf(0);
  return {
    typeId: view.getInt32(0, true),
    shape: sizes(16),
    strides: sizes(48),
    operationId: view.getInt32(80, true),
    sources: [0, 1, 2].map((i) => view.getBigUint64(152 + i * 8, true)),
    data: view.getBigUint64(248, true),
    name: name.toString('utf8', 0, end < 0 ? name.length : end),
  };
}

/** Whether the elements follow each other without a gap, `bytes` each. */
export function isContiguous({ shape, strides }: NativeTensor, bytes: number): boolean {
  let expected = bytes;
  return shape.every((size, dimension) => {
    const isRight = size === 1 || strides[dimension] === expected;
    expected *= size;
    return isRight;
  });
}

/** Elements of the tensor. */
export function elementCount({ shape }: NativeTensor): number {
  return shape.reduce((product, size) => product * size, 1);
}
