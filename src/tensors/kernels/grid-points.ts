/**
 * Writes a point of a grid, as many weights as it has values: `scale` times each, negated where its bit of `signs` is
 * set.
 */
export function putPoint(
  out: Float32Array,
  o: number,
  grid: Int8Array,
  positions: number,
  index: number,
  scale: number,
  signs: number,
): void {
  for (let k = 0; k < positions; k += 1) {
    const value = grid[index * positions + k]!;
    out[o + k] = scale * ((signs >> k) & 1 ? -value : value);
  }
}

/** The eight signs that seven bits stand for: the number of negative ones is even (ggml: ksigns_iq2xs). */
export function evenSigns(bits: number): number {
  const folded = bits ^ (bits >> 4);
  const parity = (0x6996 >> (folded & 15)) & 1;
  return bits | (parity << 7);
}
