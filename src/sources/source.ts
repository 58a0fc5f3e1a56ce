/** Random-access bytes with a name: a local file, a URL, memory. The parser and the checks see nothing else. */
export interface Source extends AsyncDisposable {
  /** What the user typed, for messages and reports. */
  readonly uri: string;
  /** Length in bytes when the source was opened. */
  readonly size: number;
  /**
   * Resolves with exactly `length` bytes from `offset`.
   * Rejects with `truncated` where the source ends earlier, with `source-unreadable` where reading fails.
   */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** Fills `target` with the bytes from `offset`; rejects as `read` does. Spares the memory of a copy. */
  readInto(target: Uint8Array, offset: number, signal?: AbortSignal): Promise<void>;
}
