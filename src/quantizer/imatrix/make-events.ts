/** What llama-imatrix says while it works. */
export type ImatrixEvent =
  /** The text is cut into chunks. */
  | { readonly kind: 'chunks'; readonly total: number }
  /** A chunk is done, counted from 1; `perplexity` is that of all so far. */
  | { readonly kind: 'chunk'; readonly done: number; readonly perplexity: number }
  /** The perplexity of the whole text, with its standard error. */
  | { readonly kind: 'estimate'; readonly perplexity: number; readonly error: number };

/** Follows the output of llama-imatrix. */
export interface ImatrixLog {
  /** A whole line of either stream. */
  addLine(line: string): void;
  /** A piece of stdout, cut anywhere: all chunks stand on one line, which ends with the work. */
  addOutput(piece: string): void;
}

/**
 * Reads `computing over 12 chunks` (a line of the log), `[1]6.7624,[2]6.1736,` and `Final estimate: PPL = 10.3122 +/-
 * 0.89910` (stdout) of llama.cpp 0.7.0 and tells each as soon as it is whole.
 */
export function imatrixLog(onEvent: (event: ImatrixEvent) => void): ImatrixLog {
  let open = '';
  return {
    addLine(line) {
      const [, total] = /\bcomputing over (\d+) chunks\b/.exec(line) ?? [];
      if (total !== undefined) onEvent({ kind: 'chunks', total: Number(total) });
      const [, perplexity, error] = /^Final estimate: PPL = ([\d.]+) \+\/- ([\d.]+)/.exec(line) ?? [];
      if (perplexity !== undefined) onEvent({ kind: 'estimate', perplexity: Number(perplexity), error: Number(error) });
    },
    addOutput(piece) {
      const parts = (open + piece).split(',');
      open = (parts.pop() ?? '').slice(-MAX_OPEN);
      for (const part of parts) {
        const [, done, perplexity] = /\[(\d+)\]([-\w.]+)$/.exec(part) ?? [];
        if (done !== undefined) onEvent({ kind: 'chunk', done: Number(done), perplexity: Number(perplexity) });
      }
    },
  };
}

/** Longer than any `[1234]5.6789`. */
const MAX_OPEN = 64;
