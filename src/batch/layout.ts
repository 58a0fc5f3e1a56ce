import path from 'node:path';

/** Where a batch keeps what. All paths are absolute. */
export interface Layout {
  /** The folder of the outputs; that of the manifest where all are fixed in place. Paths of results are seen from here. */
  readonly root: string;
  /** All that is not a result: hidden, and safe to remove when no run is to be gone on with. */
  readonly state: string;
  /** A file of records for each process that ever ran the batch. */
  readonly journal: string;
  /** A file for each job that is being done. */
  readonly leases: string;
  /** A folder for each output that is not finished. */
  readonly work: string;
  /** The scores of models that outputs are compared with. */
  readonly scores: string;
}

/** The layout of a batch whose manifest stands in `folder`. */
export function layoutOf(folder: string, output: string | undefined): Layout {
  const root = path.resolve(folder, output ?? '.');
  const state = path.join(root, '.ggufix-batch');
  return {
    root,
    state,
    journal: path.join(state, 'journal'),
    leases: path.join(state, 'leases'),
    work: path.join(state, 'work'),
    scores: path.join(state, 'scores'),
  };
}

/** A path as records and results have it: with slashes, seen from the root; outside of it absolute. */
export function recordedPath({ root }: Pick<Layout, 'root'>, file: string): string {
  const relative = path.relative(root, file);
  const isInside = !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..';
  return isInside ? relative.split(path.sep).join('/') : file;
}

/** The file that a recorded path stands for. */
export function recordedFile({ root }: Pick<Layout, 'root'>, recorded: string): string {
  return path.resolve(root, recorded);
}
