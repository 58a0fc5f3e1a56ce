import type { EvidenceContext } from '../../src/evidence/context.js';

/** A context for the main thread that keeps what is said. */
export function keepingContext(): EvidenceContext & { readonly said: string[] } {
  const said: string[] = [];
  return {
    said,
    signal: new AbortController().signal,
    threads: 0,
    onNote: (text) => said.push(text),
    onUnavailable: (error, source) => said.push(`${source}: ${error.message}`),
  };
}
