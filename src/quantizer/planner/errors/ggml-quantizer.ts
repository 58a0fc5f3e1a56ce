import { GgufError } from '../../../errors.js';
import { rowBytes, TENSOR_TYPES, type TensorTypeName } from '../../../gguf/tensor-types.js';
import { isQuantizable } from '../../../tensors/kernels/supported.js';
import { quantizeRows } from '../../../tensors/rows.js';
import type { LlamaLibrary } from '../../embedded/library.js';

/** Writes rows of weights as blocks of a type; the importance has a weight for each column. */
export type QuantizeMatrix = (
  type: TensorTypeName,
  weights: Float32Array,
  columns: number,
  importance: Float32Array | undefined,
) => Uint8Array;

/**
 * ggml's own quantizers, which llama-quantize calls; ours where they give the same bytes. Assertions in them end the process.
 * Throws `unavailable` where the library numbers its types otherwise.
 */
export function ggmlQuantizer(library: LlamaLibrary): QuantizeMatrix {
  const nameOf = library.sync<string | null>('base', 'ggml_type_name', 'const char *', ['int']);
  const quantize = library.sync<number>('base', 'ggml_quantize_chunk', 'size_t', [
    ...['int', 'const float *', 'uint8_t *', 'int64_t', 'int64_t', 'int64_t', 'const float *'],
  ]);
  const known = new Set<TensorTypeName>();
  return (type, weights, columns, importance) => {
    // Our kernels know no importance, and ggml has no quantizer of this kind for plain types.
    if (isQuantizable(type) && (importance === undefined || isPlain(type))) return quantizeRows(type, weights);
    if (!known.has(type)) requireName(type, nameOf(TENSOR_TYPES[type].id));
    known.add(type);
    const rows = weights.length / columns;
    const blocks = new Uint8Array(rows * rowBytes(type, columns));
    const written = quantize(TENSOR_TYPES[type].id, weights, blocks, 0, rows, columns, importance ?? null);
    if (written === blocks.byteLength) return blocks;
    throw unavailable(`ggml writes ${written} bytes of ${type} where ${blocks.byteLength} were expected`);
  };
}

function isPlain(type: TensorTypeName): boolean {
  return TENSOR_TYPES[type].weights === 1;
}

function requireName(type: TensorTypeName, found: string | null): void {
  if (found?.toUpperCase() === type) return;
  throw unavailable(`ggml calls type ${TENSOR_TYPES[type].id} ${found ?? 'nothing'}, expected ${type}`);
}

function unavailable(what: string): GgufError<'unavailable'> {
  return new GgufError('unavailable', what, { what });
}
