/**
 * Scale and minimum of sub-block `j` (0 to 7) of a Q4_K or Q5_K block, 6 bits each, packed in 12 bytes at `at`:
 *
 *     byte 0-3    | high 2 bits of scale 4-7 | scale 0-3 |
 *     byte 4-7    | high 2 bits of min 4-7   | min 0-3   |
 *     byte 8-11   | low nibble of min 4-7 | low nibble of scale 4-7 |
 */
export function scaleAndMin(blocks: Uint8Array, at: number, j: number): { scale: number; min: number } {
  if (j < 4) return { scale: blocks[at + j]! & 63, min: blocks[at + j + 4]! & 63 };
  const low = blocks[at + j + 4]!;
  return {
    scale: (low & 15) | ((blocks[at + j - 4]! >> 6) << 4),
    min: (low >> 4) | ((blocks[at + j]! >> 6) << 4),
  };
}
