import type { TensorInfo } from '../../gguf/model.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import type { CheckContext } from '../check.js';
import { kindOf } from '../facts/keys.js';
import type { TensorScan } from './data-scan.js';
import { isMatrix } from './one-dimensional.js';

/** A tensor with weights, and what the scan found in it. */
export interface ScannedTensor {
  readonly tensor: TensorInfo;
  readonly type: TensorTypeName;
  readonly scan: TensorScan;
}

/** The tensors that were scanned and are not empty, in file order. */
export function* scannedTensors({ header, evidence }: CheckContext): Generator<ScannedTensor> {
  for (const tensor of header.tensors) {
    const scan = evidence.data?.get(tensor);
    if (scan === undefined || tensor.type === undefined || tensor.bytes === 0n) continue;
    yield { tensor, type: tensor.type, scan };
  }
}

/**
 * The same of a model or projector. The sums of an importance matrix may be as large as they like, and a new adapter's
 * second matrices are zero by design.
 */
export function scannedWeights(context: CheckContext): Iterable<ScannedTensor> {
  const kind = kindOf(context.header);
  return kind === 'model' || kind === 'mmproj' ? scannedTensors(context) : [];
}

/** The matrices among them. Biases, offsets and tables of one row are zero, or all the same, in good models as well. */
export function* scannedMatrices(context: CheckContext): Generator<ScannedTensor> {
  for (const scanned of scannedWeights(context)) {
    if (isMatrix(scanned.tensor) && scanned.tensor.name.endsWith('.weight')) yield scanned;
  }
}
