/** Runs one piece of work at a time, in the order in which they were asked for. */
export type OneAtATime = <T>(work: () => Promise<T> | T) => Promise<T>;

/** A queue for work that takes the whole machine, so that files which are looked at together do not get in each other's way. */
export function oneAtATime(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    // What failed is the concern of whoever asked for it.
    last = next.catch(() => undefined);
    return next;
  };
}
