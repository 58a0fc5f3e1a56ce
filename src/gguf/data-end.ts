import { alignUp } from './layout.js';
import { fatalProblem, type Header, tensorExtent } from './model.js';

/**
 * Where the padded data of the last tensor ends; without tensors, the padded end of the header. `undefined` where that
 * cannot be known, as the header is broken or a tensor does not lie in the file. May pass the end of the file.
 */
export function dataEnd(header: Header): number | undefined {
  if (fatalProblem(header) !== undefined) return undefined;
  let end = header.dataOffset;
  for (const tensor of header.tensors) {
    const extent = tensorExtent(header, tensor);
    if (extent === undefined) return undefined;
    end = Math.max(end, extent.offset + extent.length);
  }
  return alignUp(end, header.alignment);
}
