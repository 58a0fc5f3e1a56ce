import type { TensorInfo } from '../../gguf/model.js';

/** What a scan of one tensor's bytes found. */
export interface TensorScan {
  /** Weights that are NaN, and weights that are infinite: for F32, F16, BF16 and F64, 0 for others. */
  readonly nan: number;
  readonly infinite: number;
  /** Blocks with a scale that is NaN or infinite, by ggml's own rule for the type; 0 for types without blocks. */
  readonly badBlocks: number;
  /** The first such block, or the first such weight of a type without blocks, counted from 0 in the whole tensor. */
  readonly firstBad?: number;
  /**
   * Largest absolute value of the finite weights, only for F32, F16, BF16 and F64: of blocks only the scales are read,
   * and those of every format lie in the range of F16 or are checked with `badBlocks`.
   */
  readonly maxAbs?: number;
  /** Whether every weight is zero; for blocks, whether every scale is (of MXFP4 every code). */
  readonly isZero: boolean;
  /**
   * Longest run of equal neighbouring blocks that are not zero, for types without blocks of equal 64 bytes; 1 where no
   * two neighbours are equal, 0 in an empty tensor.
   */
  readonly longestRepeat: number;
  /** Bytes of such a run. */
  readonly repeatBytes: number;
}

/**
 * The scans of all tensors that lie wholly in the file and overlap none before them. By info, since a broken file can
 * give two tensors one name.
 */
export type DataScan = ReadonlyMap<TensorInfo, TensorScan>;
