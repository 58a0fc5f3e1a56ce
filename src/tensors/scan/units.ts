import {
  blockBytes,
  blockWeights,
  TENSOR_TYPES,
  type TensorType,
  type TensorTypeName,
} from '../../gguf/tensor-types.js';

/** Bytes of plain types that are compared with their neighbours: 16 weights of F32. */
export const PLAIN_UNIT_BYTES = 64;

/**
 * How scales stand in a block. `half`: one or two f16; `float`: f32; `spread-half`: an f16 in the high nibbles of four
 * words (IQ1_M); `exponent`: 8 bits of which 0xff is NaN (MXFP4); `tiny`: four 8-bit floats without NaN (NVFP4).
 */
export const SCALE_KINDS = ['half', 'float', 'spread-half', 'exponent', 'tiny'] as const;
export type ScaleKind = (typeof SCALE_KINDS)[number];

/** A type as a scan sees it: equal units of bytes, one after another. */
export interface PlainUnit {
  readonly kind: 'plain';
  readonly type: TensorTypeName;
  /** Bytes of a unit. */
  readonly bytes: number;
  /** Weights in a whole unit. */
  readonly weights: number;
}

/** A block and where its scales are. */
export interface BlockUnit {
  readonly kind: ScaleKind;
  readonly type: TensorTypeName;
  readonly bytes: number;
  readonly weights: number;
  /** Byte offsets of the scales; equal where there is one. */
  readonly scales: readonly [number, number];
}

export type ScanUnit = PlainUnit | BlockUnit;

/** The unit of a type. */
export function unitOf(type: TensorTypeName): ScanUnit {
  const bytes = blockBytes(type);
  const weights = blockWeights(type);
  if (weights === 1) return { kind: 'plain', type, bytes: PLAIN_UNIT_BYTES, weights: PLAIN_UNIT_BYTES / bytes };
  return { kind: kindOf(type), type, bytes, weights, scales: scalesOf(type) };
}

/** Whether weights of the type can be NaN or infinite themselves, not through a scale. */
export function isFloat(type: TensorTypeName): boolean {
  return type === 'F32' || type === 'F16' || type === 'BF16' || type === 'F64';
}

function kindOf(type: TensorTypeName): ScaleKind {
  switch (type) {
    case 'Q8_K':
      return 'float';
    case 'IQ1_M':
      return 'spread-half';
    case 'MXFP4':
      return 'exponent';
    case 'NVFP4':
      return 'tiny';
    default:
      return 'half';
  }
}

/** Names of the fields that hold what a whole block is multiplied with or moved by. */
const SCALE_FIELDS = new Set(['d', 'dmin', 'm', 's', 'e']);

function scalesOf(type: TensorTypeName): readonly [number, number] {
  const { fields }: TensorType = TENSOR_TYPES[type];
  const offsets: number[] = [];
  let bits = 0;
  for (const { name, count, bits: each } of fields) {
    if (SCALE_FIELDS.has(name) || (type === 'IQ1_M' && name === 'scales')) offsets.push(bits / 8);
    bits += count * each;
  }
  const [first = 0, second = first] = offsets;
  return [first, second];
}
