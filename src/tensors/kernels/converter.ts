import type { DequantizableType, QuantizableType } from './index.js';

/** Most weights that a `Converter` takes at once: a multiple of every block. */
export const TILE_WEIGHTS = 262_144;

/** What a conversion met: weights of the source, or scales and values of the result, that are infinite or NaN. */
export type Verdict = 'ok' | 'bad-source' | 'bad-result';

/** Sums over weights x and what they became, y: of x² and of (x - y)². */
export interface ConversionError {
  readonly sumSquared: number;
  readonly sumSquaredError: number;
}

/** Adds one measurement to another. */
export function addSums(total: { -readonly [K in keyof ConversionError]: number }, part: ConversionError): void {
  total.sumSquared += part.sumSquared;
  total.sumSquaredError += part.sumSquaredError;
}

/** Converts a tile of weights from one type to another, from its `input` to its `output`. */
export interface Converter {
  /** Room for `TILE_WEIGHTS` weights of any type. Do not keep a view: it may be replaced by the next call. */
  readonly input: Uint8Array<ArrayBuffer>;
  /** Where the result is, until the next call. */
  readonly output: Uint8Array<ArrayBuffer>;
  /**
   * Converts the first `weights` weights of `input`; for types with blocks they are whole blocks.
   * The result is complete unless the verdict is `bad-source`.
   */
  convert(from: DequantizableType, to: QuantizableType, weights: number): Verdict;
  /** Compares the first `weights` weights of `input` with what `output` holds in their place. */
  measure(from: DequantizableType, to: QuantizableType, weights: number): ConversionError;
}
