import type { RandomWords } from '../random.js';
import { elementCount, isContiguous, type NativeTensor } from './ggml-tensor.js';
import { addRowNoise, addWeightNoise, type Products } from './noise.js';

/** Memory of a running graph. */
export interface GraphMemory {
  tensor(address: bigint): NativeTensor;
  bytes(address: bigint, length: number): ArrayBuffer;
  /** Lengths of the rows of a tensor's matrices; `undefined` where its weights cannot be read. */
  rowLengths(weights: NativeTensor): Float32Array | undefined;
}

/** How to disturb. */
export interface Disturbance {
  /** Squared error of the weights, relative to their squares. */
  readonly error: number;
  readonly random: RandomWords;
}

/**
 * Adds noise to what a graph has just computed with a tensor of the model, its first source, as an error of that tensor would.
 * `isLookUp`: rows of the tensor were looked up, nothing was multiplied.
 */
export function disturb(result: NativeTensor, isLookUp: boolean, memory: GraphMemory, how: Disturbance): void {
  const outputs = floats(result, memory);
  if (outputs === undefined) return;
  const products = isLookUp ? undefined : productsOf(result, outputs, memory);
  if (products === undefined) addRowNoise(outputs, result.shape[0] ?? 1, how.error, how.random);
  else addWeightNoise(products, how.error, how.random);
}

/** What the products were made of; `undefined` where that lies in memory in an unexpected way. */
function productsOf(result: NativeTensor, outputs: Float32Array, memory: GraphMemory): Products | undefined {
  const [weightsAt = 0n, inputsAt = 0n, expertsAt = 0n] = result.sources;
  const weights = memory.tensor(weightsAt);
  const inputTensor = memory.tensor(inputsAt);
  const inputs = floats(inputTensor, memory);
  const lengths = memory.rowLengths(weights);
  const [width = 1, rows = 1] = weights.shape;
  if (inputs === undefined || lengths === undefined || result.shape[0] !== rows || inputTensor.shape[0] !== width) {
    return undefined;
  }
  const shared = { outputs, rows, inputs, width };
  if (expertsAt !== 0n) return { ...shared, ...expertProducts(result, rows, inputTensor, lengths, memory) };
  const isPlain = inputs.length * rows === outputs.length * width && lengths.length === rows;
  return isPlain ? { ...shared, inputOf: (product) => product, rowLengths: () => lengths } : undefined;
}

/**
 * Of a mixture of experts: result [rows, used, tokens], inputs [width, used or 1, tokens], and the third source tells for each
 * token and place which expert's matrix it is, as i32.
 */
function expertProducts(
  result: NativeTensor,
  rows: number,
  inputs: NativeTensor,
  lengths: Float32Array,
  memory: GraphMemory,
): Pick<Products, 'inputOf' | 'rowLengths'> {
  const used = result.shape[1] ?? 1;
  const inputsOfToken = inputs.shape[1] ?? 1;
  const experts = memory.tensor(result.sources[2] ?? 0n);
  const [step = 4, stride = 0] = experts.strides;
  const tokens = experts.shape[1] ?? 1;
  const view = new DataView(memory.bytes(experts.data, stride * (tokens - 1) + step * used));
  return {
    inputOf: (product) => Math.floor(product / used) * inputsOfToken + ((product % used) % inputsOfToken),
    rowLengths: (product) => {
      const expert = view.getInt32(Math.floor(product / used) * stride + (product % used) * step, true);
      return lengths.subarray(expert * rows, (expert + 1) * rows);
    },
  };
}

/** The elements of an F32 tensor without gaps. */
function floats(tensor: NativeTensor, memory: GraphMemory): Float32Array | undefined {
  if (tensor.typeId !== TYPE_F32 || !isContiguous(tensor, Float32Array.BYTES_PER_ELEMENT)) return undefined;
  const count = elementCount(tensor);
  return new Float32Array(memory.bytes(tensor.data, count * Float32Array.BYTES_PER_ELEMENT));
}

const TYPE_F32 = 0;
