import type { RandomWords } from '../random.js';

/** The inputs and outputs of products with a weight matrix, or with several of one shape. */
export interface Products {
  /** `rows` values for each product, one product after another; noise is added to them. */
  readonly outputs: Float32Array;
  readonly rows: number;
  /** Inputs of `width` values. */
  readonly inputs: Float32Array;
  readonly width: number;
  /** Which of the inputs a product is made of. */
  readonly inputOf: (product: number) => number;
  /** Euclidean length of each row of the matrix that a product is made with. */
  readonly rowLengths: (product: number) => Float32Array;
}

/**
 * Adds to products the noise that an error of the weights would: `error` is the squared error of the weights relative to their
 * squares, spread over each row without any direction. An output then errs by √error · |row| · |input| / √width, whatever the
 * input is. Only the sign is random: the energy of the noise is exact, so that few tokens tell much.
 */
export function addWeightNoise(products: Products, error: number, next: RandomWords): void {
  const { outputs, rows, inputs, width, inputOf, rowLengths } = products;
  const flip = randomSigns(next);
  for (let product = 0; product * rows < outputs.length; product += 1) {
    const scale = Math.sqrt((error * energy(inputs, inputOf(product) * width, width)) / width);
    const lengths = rowLengths(product);
    const start = product * rows;
    for (let row = 0; row < rows; row += 1) {
      outputs[start + row] = (outputs[start + row] ?? 0) + flip(scale * (lengths[row] ?? 0));
    }
  }
}

/** Adds noise to rows that were looked up, or of which nothing better is known: relative to the energy of each. */
export function addRowNoise(values: Float32Array, width: number, error: number, next: RandomWords): void {
  const flip = randomSigns(next);
  for (let start = 0; start < values.length; start += width) {
    const scale = Math.sqrt((error * energy(values, start, width)) / width);
    for (let at = start; at < start + width; at += 1) values[at] = (values[at] ?? 0) + flip(scale);
  }
}

function energy(values: Float32Array, start: number, length: number): number {
  let sum = 0;
  for (let at = start; at < start + length; at += 1) {
    const value = values[at] ?? 0;
    sum += value * value;
  }
  return sum;
}

/** Gives numbers a random sign: one random bit each. */
function randomSigns(next: RandomWords): (value: number) => number {
  let bits = 0;
  let left = 0;
  return (value) => {
    if (left === 0) {
      bits = next();
      left = 32;
    }
    left -= 1;
    const isNegative = (bits & 1) === 1;
    bits >>>= 1;
    return isNegative ? -value : value;
  };
}
