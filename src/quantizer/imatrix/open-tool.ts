import { type LlamaTool, openLlamaTool } from '../process/llama-tool.js';

/** Finds llama-imatrix: the path given, `$LLAMA_IMATRIX` or PATH. Rejects with `unavailable`. */
export async function openImatrixTool(given?: string, signal?: AbortSignal): Promise<LlamaTool> {
  const place = { name: 'llama-imatrix', given, flag: '--llama-imatrix', variable: 'LLAMA_IMATRIX' };
  return await openLlamaTool(place, signal);
}
