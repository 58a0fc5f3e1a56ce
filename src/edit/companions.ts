import { createHash } from 'node:crypto';
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
  /** What the new file looked like when the old one was kept. */
  readonly undoNote: string;
  /** A file that is being written to take the old one's place; also the beginning of the name of a folder for several. */
  readonly temp: string;
}

/** The companions of `target`, which must be a resolved path: a symlink's companions stand beside its target. */
export function companionsOf(target: string): Companions {
  const name = shortName(path.basename(target));
  const beside = (suffix: string): string => path.join(path.dirname(target), `.${name}.ggufix-${suffix}`);
  return {
    lock: beside('lock'),
    journal: beside('journal'),
    undo: beside('undo'),
    undoing: beside('undoing'),
    undoFile: beside('undo.gguf'),
    undoNote: beside('undo.json'),
    temp: beside('tmp'),
  };
}

/** Most bytes of a file name that leave room for what is added. File systems allow 255. */
const MAX_NAME_BYTES = 200;

/** The name itself, or where it is too long its beginning and a hash. */
function shortName(name: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  return `${name.slice(0, 32)}-${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}
