import { link, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { syncFolderOf } from '../../edit/sync.js';
import { isSameInode, requireNewFile } from '../../edit/target.js';
import { GgufError } from '../../errors.js';
import { makeImatrix } from '../../quantizer/imatrix/make.js';
import { hashFiles } from '../../sources/hash-files.js';
import type { StepResult } from '../journal/record.js';
import { recordedFile } from '../layout.js';
import type { JobWork } from '../plan/work.js';
import type { StepContext } from './context.js';
import { requireTool } from './require-tool.js';

/**
 * Makes the importance values of a model, in the output folder, where they are a result as well. Rejects with `not-writable`
 * where a file of that name is none of the batch's.
 */
export async function makeImatrixOf(
  work: Extract<JobWork, { kind: 'imatrix' }>,
  context: StepContext,
): Promise<StepResult> {
  const { layout, folder, signal, isOurs } = context;
  const { imatrix } = work;
  const out = recordedFile(layout, imatrix.path);
  const staged = path.join(folder, path.basename(out));
  const there = await stat(out).catch(() => undefined);
  const isReplacing = there !== undefined && isOurs(imatrix.path, there.size);
  // A run that was killed before it noted the file left both names of it.
  const isPlaced = await isSameInode(staged, out);
  if (!isPlaced && !isReplacing && there !== undefined) await requireNewFile(out, false);
  const isStaged = isPlaced || (await stat(staged).catch(() => undefined)) !== undefined;
  const notes = isStaged ? {} : { notes: [`${await makeStaged(work, staged, context)} chunks`] };
  if (!isPlaced) await giveName(staged, out, isReplacing);
  const { size } = await stat(out);
  return { files: [{ path: imatrix.path, bytes: size, sha256: await hashFiles([out], signal) }], ...notes };
}

/** Resolves to how many chunks were read. */
async function makeStaged(
  { model, imatrix }: Extract<JobWork, { kind: 'imatrix' }>,
  out: string,
  { tools, threads, signal, startWork }: StepContext,
): Promise<number> {
  let display: ReturnType<typeof startWork> | undefined;
  const request = {
    model: model.files[0],
    text: imatrix.text,
    out,
    force: false,
    contextSize: undefined,
    chunks: imatrix.chunks,
    processOutput: false,
    parseSpecial: false,
    threads,
  };
  try {
    const { chunks = 0 } = await makeImatrix(requireTool(tools.imatrix, 'llama-imatrix'), request, {
      signal,
      onEvent: (event) => {
        if (event.kind === 'chunks')
          display ??= startWork({ label: 'make the imatrix', total: event.total, unit: 'items' });
        else if (event.kind === 'chunk') display?.update(event.done);
      },
    });
    return chunks;
  } finally {
    display?.end();
  }
}

/** Gives a file a second name, so that it is known by the first until the step is noted. */
async function giveName(staged: string, out: string, isReplacing: boolean): Promise<void> {
  await mkdir(path.dirname(out), { recursive: true });
  const twin = `${staged}.twin`;
  await rm(twin, { force: true });
  try {
    await link(staged, isReplacing ? twin : out);
    if (isReplacing) await rename(twin, out);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EEXIST') await requireNewFile(out, false);
    // File systems without hard links, such as exFAT.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    await rename(staged, out);
  }
  await syncFolderOf(out);
}

/** Its path, if it is still as it was left. Rejects with `not-found`. */
export async function madeImatrix(key: string, { layout, resultOf }: StepContext): Promise<string> {
  const [file] = resultOf(key)?.files ?? [];
  if (file !== undefined) {
    const found = recordedFile(layout, file.path);
    if ((await stat(found).catch(() => undefined))?.size === file.bytes) return found;
  }
  throw new GgufError('not-found', 'the imatrix that was made is no longer there', {
    kind: 'file',
    name: file?.path ?? '',
  });
}
