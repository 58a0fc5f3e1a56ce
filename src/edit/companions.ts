import path from 'node:path';

/** The files that ggufix may put beside a file while it changes it. All are hidden and named after it. */
export interface Companions {
  /** Held while one process changes the file. */
  readonly lock: string;
  /** What an in-place write overwrites; there from before its first byte to after its last. */
  readonly journal: string;
  /** A journal that was kept, so that `ggufix undo` can restore the old bytes. */
  readonly undo: string;
  /** An undo record that is being used. */
  readonly undoing: string;
  /** The old file itself, kept by a rewrite with `--keep-undo`. */
  readonly undoFile: string;
  /** A file that is being written to take the old one's place. */
  readonly temp: string;
}

/** The companions of `target`, which must be a resolved path: a symlink's companions stand beside its target. */
export function companionsOf(target: string): Companions {
  const beside = (suffix: string): string =>
    path.join(path.dirname(target), `.${path.basename(target)}.ggufix-${suffix}`);
  return {
    lock: beside('lock'),
    journal: beside('journal'),
    undo: beside('undo'),
    undoing: beside('undoing'),
    undoFile: beside('undo.gguf'),
    temp: beside('tmp'),
  };
}
