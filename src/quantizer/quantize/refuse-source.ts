import { GgufError } from '../../errors.js';
import type { TensorInfo } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { blockWeights, type TensorTypeName } from '../../gguf/tensor-types.js';
import type { WorkerPool } from '../../tensors/pool.js';
import type { TensorScan } from '../../tensors/scan/data-scan.js';
import { scanTensors } from '../../tensors/scan/scan-tensors.js';
import type { ResolvedRecipe } from '../recipes/resolved.js';
import type { Model } from './open-model.js';

/** Types whose weights are as good as the model has them. */
const PRECISE: readonly (TensorTypeName | undefined)[] = ['F32', 'F16', 'BF16'];

/** Throws `unsupported-conversion` where a tensor that would be converted is quantized already. */
export function refuseQuantized({ choices }: ResolvedRecipe): void {
  const found = choices.find(({ tensor, type }) => tensor.type !== type && !PRECISE.includes(tensor.type));
  if (found === undefined) return;
  const { tensor, type } = found;
  const from = tensor.type ?? `type ${tensor.typeId}`;
  throw new GgufError(
    'unsupported-conversion',
    `tensor ${quoted(tensor.name)} is ${from} already, and quantizing it again loses more than quantizing the original; take an F16 or BF16 file, or say --allow-requantize`,
    { tensor: tensor.name, from, to: type },
  );
}

/** How a scan of a model's weights reports and stops. `onProgress` gets the bytes read since its last call. */
export interface ScanModelOptions {
  readonly pool: WorkerPool;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** Reads all weights of a model and rejects with `non-finite-weight` at the first that is NaN or infinite. */
export async function refuseNonFinite({ files }: Model, options: ScanModelOptions): Promise<void> {
  for (const { source, header } of files) {
    const scan = await scanTensors(source, header, options);
    for (const [tensor, found] of scan) refuse(source.uri, tensor, found);
  }
}

function refuse(uri: string, tensor: TensorInfo, { nan, infinite, badBlocks, firstBad }: TensorScan): void {
  if (firstBad === undefined || tensor.type === undefined) return;
  const isBlock = badBlocks > 0;
  const weight = isBlock ? firstBad * blockWeights(tensor.type) : firstBad;
  const rowLength = Number(tensor.dims[0] ?? 1n);
  const value = infinite > 0 && nan === 0 ? 'Inf' : 'NaN';
  const row = Math.floor(weight / rowLength);
  const element = weight % rowLength;
  const what = isBlock ? 'a block with a scale that is no finite number' : `a weight that is ${value}`;
  const all = nan + infinite + badBlocks;
  throw new GgufError(
    'non-finite-weight',
    `${uri}: tensor ${quoted(tensor.name)} has ${what} at row ${row}, element ${element}${all > 1 ? ` (${all} in all)` : ''}`,
    { tensor: tensor.name, row, element, value },
  );
}
