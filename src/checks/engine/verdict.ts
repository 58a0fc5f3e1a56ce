/** What llama.cpp says of a file. */
export interface EngineVerdict {
  /** Name and version of the engine: `llama.cpp b11669`. */
  readonly engine: string;
  /** `loaded`, `refused` with a message, or it `crashed`: aborted, ran out of time or memory. */
  readonly outcome: 'loaded' | 'refused' | 'crashed';
  /** The engine's own last words; empty where it loaded the file. */
  readonly messages: readonly string[];
}
