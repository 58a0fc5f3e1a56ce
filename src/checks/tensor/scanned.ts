import type { TensorInfo } from '../../gguf/model.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import type { CheckContext } from '../check.js';
import type { TensorScan } from './data-scan.js';

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
