import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { companionsOf } from '../../edit/companions.js';
import { withLock } from '../../edit/lock.js';
import { publish } from '../../edit/publish.js';
import { splitFile } from '../../edit/split/split-file.js';
import { syncFolderOf } from '../../edit/sync.js';
import { isSameInode, requireNewFile } from '../../edit/target.js';
import { GgufError } from '../../errors.js';
import { readHeader } from '../../gguf/parse.js';
import { withProgress } from '../../quantizer/quantize/progress.js';
import { sidecarPath } from '../../quantizer/quantize/sidecar.js';
import { openFile } from '../../sources/file.js';
import { hashFiles } from '../../sources/hash-files.js';
import { lentPool } from '../../tensors/lent-pool.js';
import type { StepFile, StepResult } from '../journal/record.js';
import { type Layout, recordedFile } from '../layout.js';
import { refuseLinksOut } from '../manifest/output-path.js';
import type { OutputWork } from '../plan/work.js';
import type { FileThere } from '../survey/surveyed.js';
import type { StepContext } from './context.js';
import { planWithin } from './plan-within.js';

/** Writes the shards of a file that is too large for one beside it. A smaller one stays as it is. */
export async function splitOutput(file: string, maxBytes: number, context: StepContext): Promise<StepResult> {
  const { tools, signal, startWork } = context;
  await using source = await openFile(file);
  if (source.size <= maxBytes) return { files: [{ path: path.basename(file), bytes: source.size }] };
  const plan = planWithin(await readHeader(source, signal), maxBytes);
  const pool = await tools.evidence.pool.open();
  const files = await withProgress(startWork, { label: 'split', total: plan.bytes, unit: 'bytes' }, (onProgress) =>
    splitFile(source, file, { plan, force: true }, { openPool: async () => lentPool(pool), signal, onProgress }),
  );
  return {
    files: files.map((each, index) => ({ path: path.basename(each), bytes: plan.shards[index]?.plan.newSize ?? 0 })),
  };
}

/** SHA-256 of each file, under the name that `nameOf` gives it. */
export async function hashOutput(
  files: readonly string[],
  nameOf: (file: string) => string,
  { signal }: StepContext,
): Promise<StepResult> {
  const hashed: StepFile[] = [];
  for (const file of files) {
    const { size } = await stat(file);
    hashed.push({ path: nameOf(file), bytes: size, sha256: await hashFiles([file], signal) });
  }
  return { files: hashed };
}

/**
 * Moves the files of an output, and its recipe, to their place. What an earlier run moved before it was killed is there already.
 * Rejects with `not-writable` where something else is there that is not to be replaced.
 */
export async function publishOutput(
  { output, isReplacing, replaced }: OutputWork,
  files: readonly StepFile[],
  { layout, folder }: StepContext,
): Promise<StepResult> {
  const place = recordedFile(layout, output.path);
  await refuseLinksOut(layout.root, place);
  await mkdir(path.dirname(place), { recursive: true });
  const at = (name: string): string => path.join(path.dirname(place), name);
  const moves = files.map(({ path: name }) => ({ temp: path.join(folder, name), out: at(name) }));
  const left: typeof moves = [];
  for (const [index, move] of moves.entries()) {
    const file = files[index];
    if (file !== undefined && !(await isMoved(move, file))) left.push(move);
  }
  const { lock } = companionsOf(place);
  await withLock(lock, place, async () => {
    // Who finds a name taken drops what was to have it, and here that took hours.
    for (const { out } of left) await requireNewFile(out, isReplacing);
    await publish(left, isReplacing);
    await moveSidecar(path.join(folder, path.basename(place)), place);
    await removeOld(replaced, moves, layout);
  });
  const folderOf = path.posix.dirname(output.path);
  return { files: files.map((file) => ({ ...file, path: path.posix.join(folderOf, file.path) })) };
}

/** Whether a file is at its place already; where it still has its old name as well, that goes. */
async function isMoved(
  { temp, out }: { readonly temp: string; readonly out: string },
  file: StepFile,
): Promise<boolean> {
  if (await isSameInode(temp, out)) await rm(temp);
  if ((await sizeOf(temp)) !== undefined) return false;
  if ((await sizeOf(out)) === file.bytes && (await hashFiles([out])) === file.sha256) return true;
  const what = `neither ${temp} nor ${out} is as it was made`;
  throw new GgufError('verification-failed', what, { path: out, what });
}

/** Removes files of an output that is now called otherwise, or has fewer shards: they would pass for results. */
async function removeOld(
  replaced: readonly FileThere[],
  moves: readonly { readonly out: string }[],
  layout: Layout,
): Promise<void> {
  for (const old of replaced) {
    const file = recordedFile(layout, old.path);
    if (!moves.some(({ out }) => out === file) && (await sizeOf(file)) === old.bytes) await rm(file);
  }
}

async function moveSidecar(made: string, place: string): Promise<void> {
  const [from, to] = [sidecarPath(made), sidecarPath(place)];
  if ((await sizeOf(from)) === undefined) return;
  await rename(from, to);
  await syncFolderOf(to);
}

async function sizeOf(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.size;
}
