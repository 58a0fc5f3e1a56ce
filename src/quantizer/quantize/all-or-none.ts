/**
 * Runs works at the same time. Where one fails, the others are told to stop, and when all have ended this rejects with
 * the first failure. `outer` stops them all.
 */
export async function allOrNone<T extends readonly unknown[]>(
  works: { readonly [K in keyof T]: (stop: AbortSignal) => Promise<T[K]> },
  outer?: AbortSignal,
): Promise<T> {
  const failed = new AbortController();
  const stop = outer === undefined ? failed.signal : AbortSignal.any([outer, failed.signal]);
  const errors: unknown[] = [];
  const guarded = async (work: (stop: AbortSignal) => Promise<unknown>): Promise<unknown> => {
    try {
      return await work(stop);
    } catch (error) {
      errors.push(error);
      failed.abort(error);
      return undefined;
    }
  };
  const results = await Promise.all(works.map(guarded));
  if (errors.length > 0) throw errors[0];
  // Each work's own result stands where it stood.
  return results as unknown as T;
}
