/** Sums of which a relative error is made; those of several matrices are added. */
export interface ErrorSums {
  /** Of weight × squared error. */
  readonly error: number;
  /** Of squared weights × the mean weight. */
  readonly signal: number;
}

/** Rows of a matrix and what a tensor type made of them, all one after another. */
export interface ComparedRows {
  readonly weights: Float32Array;
  readonly copies: Float32Array;
  readonly columns: number;
  /** How large the inputs of the columns are, as mean squares; all count alike without it. */
  readonly importance: Float32Array | undefined;
}

/**
 * The error that a copy of a matrix adds to its products, as the sums for a relative squared error. Inputs are taken for
 * independent with the given mean squares, so the product's error has the energy Σ w·e². It is held against what inputs of
 * the same mean energy without any direction would give, mean(w)·Σ x²: a noise that is injected to find out how sensitive a
 * model is has the same measure (`sensitivity/noise.ts`), so the two can be multiplied.
 */
export function weightedError({ weights, copies, columns, importance }: ComparedRows): ErrorSums {
  const ofColumn = new Float64Array(columns);
  let energy = 0;
  for (let at = 0; at < weights.length; at += columns) {
    for (let column = 0; column < columns; column += 1) {
      const weight = weights[at + column] ?? 0;
      const error = (copies[at + column] ?? 0) - weight;
      ofColumn[column] = (ofColumn[column] ?? 0) + error * error;
      energy += weight * weight;
    }
  }
  const meanWeight = importance === undefined ? 1 : importance.reduce((sum, each) => sum + each, 0) / columns;
  const error = ofColumn.reduce((sum, each, column) => sum + each * (importance?.[column] ?? 1), 0);
  return { error, signal: energy * meanWeight };
}

/** The relative squared error of several matrices; 0 where there is no signal at all. */
export function relativeError(sums: readonly ErrorSums[]): number {
  const error = sums.reduce((sum, each) => sum + each.error, 0);
  const signal = sums.reduce((sum, each) => sum + each.signal, 0);
  return signal === 0 && error === 0 ? 0 : error / signal;
}
