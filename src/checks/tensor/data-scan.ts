/** What a scan of one tensor's bytes found. Counts are of weights, blocks of quantization blocks. */
export interface TensorScan {
  /** Tensor name. */
  readonly name: string;
  /** Weights that are NaN, and weights that are infinite, for types without scales. */
  readonly nan: number;
  readonly infinite: number;
  /** Blocks with a scale that is NaN or infinite, for block types. */
  readonly badBlocks: number;
  /** First weight (or first weight of the first block) that is not finite, counted from 0 in the whole tensor. */
  readonly firstBad?: number;
  /** Largest absolute value of all finite weights. */
  readonly maxAbs: number;
  /** Mean of the finite weights. */
  readonly mean: number;
  /** Whether every weight is zero. */
  readonly isZero: boolean;
  /** Longest run of equal, non-zero neighbouring blocks (or rows for plain types), 1 where no two are equal. */
  readonly longestRepeat: number;
}

/** The scans of all tensors that can be scanned, by tensor name. */
export type DataScan = ReadonlyMap<string, TensorScan>;
