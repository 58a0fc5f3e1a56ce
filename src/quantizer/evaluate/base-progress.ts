/** How far a run over a text is. */
export interface ChunkProgress {
  readonly done: number;
  readonly total: number;
}

/** Follows what llama-perplexity prints while it computes the scores of a base. */
export interface BaseProgressReader {
  /** A whole line of stderr. */
  addLog(line: string): void;
  /** A piece of stdout, cut anywhere. */
  addOutput(piece: string): void;
  /** `undefined` before the number of chunks is known, which is before the first is computed. */
  progress(): ChunkProgress | undefined;
}

/** Long enough for the beginning of `[1234]`. */
const CARRY = 12;

/** Reads `calculating perplexity over 234 chunks` on stderr and `[1]16.5479,[2]15.4766,` on stdout. */
export function baseProgressReader(): BaseProgressReader {
  let total: number | undefined;
  let done = 0;
  let open = '';
  return {
    addLog(line) {
      const [, chunks] = /calculating perplexity over (\d+) chunks/.exec(line) ?? [];
      if (chunks !== undefined) total = Number(chunks);
    },
    addOutput(piece) {
      const text = open + piece;
      for (const [, chunk] of text.matchAll(/\[(\d+)\]/g)) done = Math.max(done, Number(chunk));
      open = text.slice(-CARRY);
    },
    progress: () => (total === undefined ? undefined : { done: Math.min(done, total), total }),
  };
}
