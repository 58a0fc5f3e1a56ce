import { type FileHandle, open, rm } from 'node:fs/promises';
import { GgufError } from '../errors.js';
import { assertReadable } from '../gguf/encode.js';
import { type FileSource, isSameFile, openFile } from '../sources/file.js';
import type { WorkerPool } from '../tensors/pool.js';
import type { ApplyOptions } from './apply.js';
import { fileChanged } from './file-changed.js';
import type { Conversion, RewritePlan } from './plan.js';
import { readAt, syncFolderOf, writeAt } from './sync.js';
import { requireSpace, type Target } from './target.js';

/** Called with the bytes written since the last call. */
export type RewriteProgress = (bytes: number) => void;

/** Bytes compared at both ends of each copied run. */
const SAMPLE_BYTES = 4096;

type Work = Pick<ApplyOptions, 'signal' | 'onProgress'> & { readonly pool: WorkerPool };

interface Job {
  readonly source: string;
  readonly temp: string;
  /** Whose mode and owner the new file gets. */
  readonly like: Pick<Target, 'mode' | 'uid' | 'gid'>;
  readonly plan: RewritePlan;
}

/**
 * Writes the plan's file at `temp`, synced and verified, ready to be renamed. On any failure `temp` is removed.
 * The caller holds the lock, so a `temp` that is there already was left by a killed run.
 */
export async function writeNewFile(
  job: Job,
  options: Omit<ApplyOptions, 'isStrategyForced' | 'keepUndo'>,
): Promise<void> {
  const { source, temp, like, plan } = job;
  await rm(temp, { force: true });
  await requireSpace(temp, plan.newSize);
  await using input = await openFile(source);
  if (!isSameFile(options.identity, input.identity)) throw fileChanged(source);
  await using pool = await options.openPool();
  const work = { ...options, pool };
  const output = await open(temp, 'wx+', 0o600);
  try {
    await output.truncate(plan.newSize);
    await writeAt(output, plan.header, 0);
    options.onProgress?.(plan.header.byteLength);
    await copyRuns(input, output, plan, work);
    for (const conversion of plan.conversions) await convert(input, output, conversion, work);
    await verify(input, output, temp, plan);
    await dressLike(output, like);
    await output.sync();
    await input.assertUnchanged();
  } catch (error) {
    await rm(temp, { force: true });
    throw error;
  } finally {
    await output.close();
  }
  await syncFolderOf(temp);
}

async function copyRuns(
  input: FileSource,
  output: FileHandle,
  { copies }: RewritePlan,
  { pool, signal, onProgress }: Work,
): Promise<void> {
  for (const { from, to, length } of copies) {
    await pool.copy(
      { from: { fd: input.fd, offset: from }, to: { fd: output.fd, offset: to }, length },
      { signal, onProgress },
    );
  }
}

async function convert(
  input: FileSource,
  output: FileHandle,
  { tensor, rows, rowWeights, from, to }: Conversion,
  { pool, signal, onProgress }: Work,
): Promise<void> {
  const other = from.origin === undefined ? undefined : await openFile(from.origin.path);
  try {
    const seen = from.origin?.identity;
    if (other !== undefined && seen !== undefined && !isSameFile(seen, other.identity)) throw fileChanged(other.path);
    const { fd } = other ?? input;
    await pool.convert(
      {
        tensor,
        rows,
        rowWeights,
        from: { fd, offset: from.offset, type: from.type },
        to: { fd: output.fd, offset: to.offset, type: to.type },
      },
      { signal, onProgress },
    );
    await other?.assertUnchanged();
  } finally {
    await other?.[Symbol.asyncDispose]();
  }
}

/** The header as any reader finds it, and both ends of every run that was copied. */
async function verify(input: FileSource, output: FileHandle, temp: string, plan: RewritePlan): Promise<void> {
  const header = await readAt(output, 0, plan.header.byteLength);
  if (!header.equals(plan.header)) fail(temp, 'the header is not what was written');
  assertReadable(header, plan.newSize);
  const { size } = await output.stat();
  if (size !== plan.newSize) fail(temp, `it has ${size} bytes, not ${plan.newSize}`);
  for (const { from, to, length } of plan.copies) {
    const sample = Math.min(SAMPLE_BYTES, length);
    for (const at of [0, length - sample]) {
      const [old, copied] = [await input.read(from + at, sample), await readAt(output, to + at, sample)];
      if (!copied.equals(old)) fail(temp, `bytes at offset ${to + at} do not equal their source`);
    }
  }
}

function fail(file: string, what: string): never {
  throw new GgufError('verification-failed', `${file} does not read back as written: ${what}`, { path: file, what });
}

/** Gives the new file the mode and, where that is allowed, the owner of the old one. */
async function dressLike(output: FileHandle, { mode, uid, gid }: Job['like']): Promise<void> {
  // Only root may give files away; a plain user keeps his own, as `cp -p` does.
  await output.chown(uid, gid).catch(() => undefined);
  await output.chmod(mode & 0o7777);
}
