/** A file's size and how far it is from its base. */
export interface SizedDivergence {
  readonly bytes: number;
  /** Mean KL divergence in nats. */
  readonly meanKld: number;
}

/**
 * The points that no other point beats, by size: none is both as small and as close to the base, and better in one of
 * them. Points that are equal in both stay together. A divergence that is no number is on no front.
 */
export function paretoFront<P extends SizedDivergence>(points: readonly P[]): P[] {
  const bySize = points
    .filter(({ meanKld }) => !Number.isNaN(meanKld))
    .toSorted((a, b) => a.bytes - b.bytes || a.meanKld - b.meanKld);
  const front: P[] = [];
  for (const point of bySize) {
    const last = front.at(-1);
    const isEqual = last !== undefined && last.bytes === point.bytes && last.meanKld === point.meanKld;
    if (last === undefined || isEqual || point.meanKld < last.meanKld) front.push(point);
  }
  return front;
}
