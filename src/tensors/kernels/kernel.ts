/**
 * Reads whole blocks of one tensor type as weights. `out` holds exactly the weights of `blocks`; both belong to the
 * caller. NaN and infinite scales give the NaN and infinite weights that ggml reads.
 */
export type Dequantize = (blocks: Uint8Array, out: Float32Array) => void;

/**
 * Writes weights as whole blocks of one tensor type, as ggml's `quantize_row_*_ref` does without an importance matrix.
 * Weights are finite: what NaN or infinity become is not defined for the quantized types.
 */
export type Quantize = (weights: Float32Array, out: Uint8Array) => void;

/** Little-endian access to the bytes of an array. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
