/** Layer numbers as people write them: `0, 2-4, 29`. */
export function layerRanges(layers: Iterable<number>): string {
  const ranges: [first: number, last: number][] = [];
  for (const layer of [...new Set(layers)].sort((a, b) => a - b)) {
    const open = ranges.at(-1);
    if (open !== undefined && open[1] === layer - 1) open[1] = layer;
    else ranges.push([layer, layer]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
}
