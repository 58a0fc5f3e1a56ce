import { applyChange, planChange } from '../../edit/change-file.js';
import type { Edit } from '../../edit/edits.js';
import { describeProblem } from '../../gguf/describe-problem.js';
import { readHeader, requireComplete } from '../../gguf/parse.js';
import { openFile } from '../../sources/file.js';
import { metadataRepairs } from './metadata-repairs.js';
import { SOURCE_HASH_KEY } from './provenance.js';

const IN_PLACE = { force: false, strategy: 'auto', keepUndo: false } as const;

/** Writes the source's hash into a result and repairs what the source's metadata brought in. Tensors keep their bytes. */
export async function finishOutput(file: string, sourceHash: string, signal?: AbortSignal): Promise<void> {
  await using source = await openFile(file);
  const header = requireComplete(await readHeader(source, signal), (problem) => `${file}: ${describeProblem(problem)}`);
  const hash: Edit = { op: 'set-metadata', key: SOURCE_HASH_KEY, value: { type: 'string', value: sourceHash } };
  const edits = header.metadata.some(({ key }) => key === SOURCE_HASH_KEY) ? [hash] : [];
  const change = planChange(header, [...edits, ...metadataRepairs(header)], IN_PLACE);
  await applyChange(source, change, IN_PLACE, {
    openPool: async () => (await import('../../tensors/pool.js')).createPool({ threads: 1 }),
    ...(signal === undefined ? {} : { signal }),
  });
}
