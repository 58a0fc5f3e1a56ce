/** A piece of work as a progress display knows it. */
export interface Work {
  /** In a few words: `quantize model.gguf`. */
  readonly label: string;
  readonly total: number;
  readonly unit: 'bytes' | 'items';
}

/** Begins to show the progress of a piece of work. The `end` of what it returns belongs in a `finally`. */
export type StartWork = (work: Work) => { update(done: number): void; end(): void };

/** Runs `work` with a display, if there is one, that counts what `advance` is given. */
export async function withProgress<T>(
  start: StartWork | undefined,
  what: Work,
  work: (advance: (amount: number) => void) => Promise<T>,
): Promise<T> {
  const display = start?.(what);
  let done = 0;
  try {
    return await work((amount) => {
      done += amount;
      display?.update(done);
    });
  } finally {
    display?.end();
  }
}
