/** What llama.cpp says of a file. */
export interface EngineVerdict {
  /** Name and version of the engine: `llama.cpp 0.7.0`. */
  readonly engine: string;
  /**
   * `loaded`, `refused` with a message, or it `crashed`: aborted or ran out of time or memory. `unavailable`: the
   * engine is not installed, so nothing is known.
   */
  readonly outcome: 'loaded' | 'refused' | 'crashed' | 'unavailable';
  /** The engine's own last words; empty where it loaded the file. */
  readonly messages: readonly string[];
}
