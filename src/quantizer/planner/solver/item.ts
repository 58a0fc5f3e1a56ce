import type { TensorTypeName } from '../../../gguf/tensor-types.js';

/** One way to store a tensor, or tensors that share a type. */
export interface Offer {
  readonly type: TensorTypeName;
  /** Bytes in the file, padding included. */
  readonly bytes: number;
  /** The divergence that it adds, as far as it can be told; the sum over all tensors is what a plan keeps small. */
  readonly cost: number;
}

/** What gets one type: a tensor, or several that are tied. */
export interface Item {
  /** For messages and to decide between equals. */
  readonly name: string;
  /** At least one. */
  readonly offers: readonly Offer[];
}
