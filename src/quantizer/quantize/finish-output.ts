import { applyChange, planDraft } from '../../edit/change-file.js';
import { applyEdits, canonicalHeader } from '../../edit/draft.js';
import type { Edit } from '../../edit/edits.js';
import { describeProblem } from '../../gguf/describe-problem.js';
import { readHeader, requireComplete } from '../../gguf/parse.js';
import { openFile } from '../../sources/file.js';
import type { WorkerPool } from '../../tensors/pool.js';
import { metadataRepairs } from './metadata-repairs.js';
import { SOURCE_HASH_KEY } from './provenance.js';

/** What `finishOutput` works with. */
export interface FinishOptions {
  readonly pool: WorkerPool;
  readonly signal?: AbortSignal | undefined;
}

/** Writes the source's hash into a result and repairs what the source's metadata brought in. Tensors keep their bytes. */
export async function finishOutput(file: string, sourceHash: string, { pool, signal }: FinishOptions): Promise<void> {
  await using source = await openFile(file);
  const header = requireComplete(await readHeader(source, signal), (problem) => `${file}: ${describeProblem(problem)}`);
  const hash: Edit = { op: 'set-metadata', key: SOURCE_HASH_KEY, value: { type: 'string', value: sourceHash } };
  const draft = applyEdits(header, [hash, ...metadataRepairs(header)]);
  // A header of another length is written anew with all tensors: a new file needs no filler for lack of room.
  const strategy = canonicalHeader(draft).byteLength === header.dataOffset ? 'patch' : 'rewrite';
  const options = { force: false, strategy, keepUndo: false } as const;
  await applyChange(source, planDraft(draft, options), options, {
    openPool: () => Promise.resolve(pool),
    ...(signal === undefined ? {} : { signal }),
  });
}
