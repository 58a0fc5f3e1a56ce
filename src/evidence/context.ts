import type { GgufError } from '../errors.js';

/** How files are looked at: when to stop, with how many threads, and who is told what the findings do not say. */
export interface EvidenceContext {
  readonly signal: AbortSignal;
  /** Worker threads; 0 works in the main thread, `undefined` means one for each processor. */
  readonly threads: number | undefined;
  /** Told what should be known before a file is judged: an interrupted change waits beside it. Has the file's name in it. */
  readonly onNote: (text: string) => void;
  /** Told what was asked for and cannot be looked up in `source`, such as by llama.cpp: silence is no pass. */
  readonly onUnavailable: (error: GgufError<'unavailable'>, source: string) => void;
}
