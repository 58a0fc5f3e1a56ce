import { applyEdits, canonicalHeader, type Draft } from '../../edit/draft.js';
import type { Edit } from '../../edit/edits.js';
import { patchUnpublished } from '../../edit/patch-unpublished.js';
import { planPatch } from '../../edit/plan-patch.js';
import { describeProblem } from '../../gguf/describe-problem.js';
import { readHeader, requireComplete } from '../../gguf/parse.js';
import { type FileSource, openFile } from '../../sources/file.js';
import { lendPool } from '../../tensors/lend-pool.js';
import type { WorkerPool } from '../../tensors/pool.js';
import { metadataRepairs } from './metadata-repairs.js';
import { SOURCE_HASH_KEY } from './provenance.js';

/** What `finishOutput` works with. */
export interface FinishOptions {
  readonly pool: WorkerPool;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes the source's hash into a result that has not got its name yet, and repairs what the source's metadata brought in.
 * Tensors keep their bytes. Whoever gives the file its name syncs it.
 */
export async function finishOutput(file: string, sourceHash: string, options: FinishOptions): Promise<void> {
  await using source = await openFile(file);
  const header = requireComplete(
    await readHeader(source, options.signal),
    (problem) => `${file}: ${describeProblem(problem)}`,
  );
  const hash: Edit = { op: 'set-metadata', key: SOURCE_HASH_KEY, value: { type: 'string', value: sourceHash } };
  const draft = applyEdits(header, [hash, ...metadataRepairs(header)]);
  const patch = planPatch(draft);
  // A header of another length is written anew with all tensors: a new file needs no filler for lack of room.
  const isSameLength = canonicalHeader(draft).byteLength === header.dataOffset;
  if (isSameLength && 'plan' in patch) await patchUnpublished(file, patch.plan.writes);
  else await rewrite(source, draft, options);
}

/** Loaded by the few who need it. */
async function rewrite(source: FileSource, draft: Draft, { pool, signal }: FinishOptions): Promise<void> {
  const { applyChange, planDraft } = await import('../../edit/change-file.js');
  const options = { force: false, strategy: 'rewrite', keepUndo: false } as const;
  await applyChange(source, planDraft(draft, options), options, {
    openPool: lendPool(pool),
    ...(signal === undefined ? {} : { signal }),
  });
}
