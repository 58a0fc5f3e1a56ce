/** A field of a block: `bits` for each of `count` values. */
interface BlockField {
  readonly name: string;
  readonly count: number;
  readonly bits: number;
}

/** One tensor type: its id in the file, the weights of a block and what a block consists of. */
export interface TensorType {
  readonly id: number;
  /** Weights in one block; rows must be a multiple of it. */
  readonly weights: number;
  readonly fields: readonly BlockField[];
}

/** A type that ggml no longer reads, and what its message says to use instead. */
export interface RemovedTensorType {
  readonly id: number;
  readonly instead: string;
}

const field = (name: string, count: number, bits: number): BlockField => ({ name, count, bits });
const f16 = (name: string): BlockField => field(name, 1, 16);
const plain = (bits: number): readonly BlockField[] => [field('value', 1, bits)];

/** The live tensor types of ggml 0.27 (`enum ggml_type`), named as llama.cpp spells them in logs and file names. */
export const TENSOR_TYPES = {
  F32: { id: 0, weights: 1, fields: plain(32) },
  F16: { id: 1, weights: 1, fields: plain(16) },
  Q4_0: { id: 2, weights: 32, fields: [f16('d'), field('qs', 32, 4)] },
  Q4_1: { id: 3, weights: 32, fields: [f16('d'), f16('m'), field('qs', 32, 4)] },
  Q5_0: { id: 6, weights: 32, fields: [f16('d'), field('qh', 32, 1), field('qs', 32, 4)] },
  Q5_1: { id: 7, weights: 32, fields: [f16('d'), f16('m'), field('qh', 32, 1), field('qs', 32, 4)] },
  Q8_0: { id: 8, weights: 32, fields: [f16('d'), field('qs', 32, 8)] },
  Q8_1: { id: 9, weights: 32, fields: [f16('d'), f16('s'), field('qs', 32, 8)] },
  Q2_K: { id: 10, weights: 256, fields: [field('scales', 16, 8), field('qs', 256, 2), f16('d'), f16('dmin')] },
  Q3_K: {
    id: 11,
    weights: 256,
    fields: [field('hmask', 256, 1), field('qs', 256, 2), field('scales', 16, 6), f16('d')],
  },
  Q4_K: { id: 12, weights: 256, fields: [f16('d'), f16('dmin'), field('scales', 16, 6), field('qs', 256, 4)] },
  Q5_K: {
    id: 13,
    weights: 256,
    fields: [f16('d'), f16('dmin'), field('scales', 16, 6), field('qh', 256, 1), field('qs', 256, 4)],
  },
  Q6_K: { id: 14, weights: 256, fields: [field('ql', 256, 4), field('qh', 256, 2), field('scales', 16, 8), f16('d')] },
  Q8_K: { id: 15, weights: 256, fields: [field('d', 1, 32), field('qs', 256, 8), field('bsums', 16, 16)] },
  IQ2_XXS: { id: 16, weights: 256, fields: [f16('d'), field('qs', 32, 16)] },
  IQ2_XS: { id: 17, weights: 256, fields: [f16('d'), field('qs', 32, 16), field('scales', 16, 4)] },
  IQ3_XXS: { id: 18, weights: 256, fields: [f16('d'), field('qs', 96, 8)] },
  IQ1_S: { id: 19, weights: 256, fields: [f16('d'), field('qs', 32, 8), field('qh', 8, 16)] },
  IQ4_NL: { id: 20, weights: 32, fields: [f16('d'), field('qs', 32, 4)] },
  IQ3_S: {
    id: 21,
    weights: 256,
    fields: [f16('d'), field('qs', 64, 8), field('qh', 64, 1), field('signs', 256, 1), field('scales', 8, 4)],
  },
  IQ2_S: { id: 22, weights: 256, fields: [f16('d'), field('qs', 64, 8), field('qh', 32, 2), field('scales', 16, 4)] },
  IQ4_XS: {
    id: 23,
    weights: 256,
    fields: [f16('d'), field('scales_h', 8, 2), field('scales_l', 8, 4), field('qs', 256, 4)],
  },
  I8: { id: 24, weights: 1, fields: plain(8) },
  I16: { id: 25, weights: 1, fields: plain(16) },
  I32: { id: 26, weights: 1, fields: plain(32) },
  I64: { id: 27, weights: 1, fields: plain(64) },
  F64: { id: 28, weights: 1, fields: plain(64) },
  IQ1_M: { id: 29, weights: 256, fields: [field('qs', 32, 8), field('qh', 16, 8), field('scales', 8, 8)] },
  BF16: { id: 30, weights: 1, fields: plain(16) },
  TQ1_0: { id: 34, weights: 256, fields: [field('qs', 48, 8), field('qh', 4, 8), f16('d')] },
  TQ2_0: { id: 35, weights: 256, fields: [field('qs', 256, 2), f16('d')] },
  MXFP4: { id: 39, weights: 32, fields: [field('e', 1, 8), field('qs', 32, 4)] },
  NVFP4: { id: 40, weights: 64, fields: [field('d', 4, 8), field('qs', 64, 4)] },
  Q1_0: { id: 41, weights: 128, fields: [f16('d'), field('qs', 128, 1)] },
  Q2_0: { id: 42, weights: 64, fields: [f16('d'), field('qs', 64, 2)] },
} as const satisfies Record<string, TensorType>;

/** Name of a live tensor type. */
export type TensorTypeName = keyof typeof TENSOR_TYPES;

/** Types that ggml gave up. Files that hold them are rejected by every current reader. */
export const REMOVED_TENSOR_TYPES: Readonly<Record<string, RemovedTensorType>> = {
  Q4_2: { id: 4, instead: 'Q4_0 or Q4_1, quantized anew' },
  Q4_3: { id: 5, instead: 'Q4_1, quantized anew' },
  Q4_0_4_4: { id: 31, instead: 'Q4_0 with runtime repacking' },
  Q4_0_4_8: { id: 32, instead: 'Q4_0 with runtime repacking' },
  Q4_0_8_8: { id: 33, instead: 'Q4_0 with runtime repacking' },
  IQ4_NL_4_4: { id: 36, instead: 'IQ4_NL with runtime repacking' },
  IQ4_NL_4_8: { id: 37, instead: 'IQ4_NL with runtime repacking' },
  IQ4_NL_8_8: { id: 38, instead: 'IQ4_NL with runtime repacking' },
};

/** ids below this exist or existed (ggml: GGML_TYPE_COUNT). */
export const TENSOR_TYPE_COUNT = 43;

const BY_ID = new Map<number, TensorTypeName>(
  Object.entries(TENSOR_TYPES).map(([name, { id }]) => [id, name as TensorTypeName]),
);

/** The live type with this id, if there is one. */
export function tensorTypeById(id: number): TensorTypeName | undefined {
  return BY_ID.get(id);
}

/** A name for any id, also for removed and unknown ones: `Q4_K`, `Q4_0_4_4 (removed)`, `type 99`. */
export function tensorTypeLabel(id: number): string {
  const removed = Object.keys(REMOVED_TENSOR_TYPES).find((name) => REMOVED_TENSOR_TYPES[name]?.id === id);
  return BY_ID.get(id) ?? (removed === undefined ? `type ${id}` : `${removed} (removed)`);
}

/** The type that a user means by `text`, in any case: `q8_0`, `Q4_K`. */
export function parseTensorType(text: string): TensorTypeName | undefined {
  const name = text.toUpperCase();
  return name in TENSOR_TYPES ? (name as TensorTypeName) : undefined;
}

/** Weights in one block of the type. */
export function blockWeights(type: TensorTypeName): number {
  return TENSOR_TYPES[type].weights;
}

/** Bytes of one block of the type: the sum of its fields. */
export function blockBytes(type: TensorTypeName): number {
  const { fields }: TensorType = TENSOR_TYPES[type];
  return fields.reduce((bits, { count, bits: each }) => bits + count * each, 0) / 8;
}

/** Bits that the type spends on a weight, scales included. */
export function bitsPerWeight(type: TensorTypeName): number {
  return (blockBytes(type) * 8) / blockWeights(type);
}

/** Bytes of one row of `weights` weights, which must be a multiple of the block. */
export function rowBytes(type: TensorTypeName, weights: number): number {
  return (weights / blockWeights(type)) * blockBytes(type);
}
