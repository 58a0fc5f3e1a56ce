import { type LlamaTool, openLlamaTool } from '../process/llama-tool.js';

/** llama-perplexity, found and ready to run. */
export type Perplexity = LlamaTool;

/** Finds llama-perplexity: the path given, `$LLAMA_PERPLEXITY` or PATH. Rejects with `unavailable`. */
export async function openPerplexity(given?: string, signal?: AbortSignal): Promise<Perplexity> {
  const place = { name: 'llama-perplexity', given, flag: '--llama-perplexity', variable: 'LLAMA_PERPLEXITY' };
  return await openLlamaTool(place, signal);
}
