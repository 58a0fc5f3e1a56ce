import { type LlamaTool, openLlamaTool } from '../process/llama-tool.js';

/** Finds llama-perplexity: the path given, `$LLAMA_PERPLEXITY` or PATH. Rejects with `unavailable`. */
export async function openPerplexity(given?: string, signal?: AbortSignal): Promise<LlamaTool> {
  const place = { name: 'llama-perplexity', given, flag: '--llama-perplexity', variable: 'LLAMA_PERPLEXITY' };
  return await openLlamaTool(place, signal);
}
