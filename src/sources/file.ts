import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { GgufError } from '../errors.js';
import { isRemote, unsupported } from './remote.js';
import type { Source } from './source.js';
import { unreadable, unreadableBecause } from './unreadable.js';

/** What tells one state of a file from another. Times are in nanoseconds. */
export interface FileIdentity {
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: bigint;
  readonly modified: bigint;
}

/** A source over a local file, with what is needed to notice that it changed. */
export interface FileSource extends Source {
  readonly path: string;
  /** The file as it was when it was opened. */
  readonly identity: FileIdentity;
  /** Open for reading; workers read through it. */
  readonly fd: number;
  /** Rejects with `file-changed` if the file is not the one that was opened any more. */
  assertUnchanged(): Promise<void>;
}

/** Opening a pipe that nobody writes to would wait for ever; a regular file is read as usual. Windows has no such flag. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Opens a local file for reading. Never writes, never locks. Rejects with `source-unreadable`, or `unavailable` for one that is elsewhere. */
export async function openFile(path: string, uri = path): Promise<FileSource> {
  const handle = await openRegular(path, uri);
  try {
    return fileSource(handle, path, uri, await identify(handle));
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** A handle to read a regular file with; anything else is refused at once with `source-unreadable`. */
export async function openRegular(path: string, uri = path): Promise<FileHandle> {
  const handle = await open(path, READ).catch((error: unknown) => {
    throw isRemote(path) ? unsupported(path) : unreadable(uri, error);
  });
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) throw unreadableBecause(uri, 'it is a directory');
    if (!stats.isFile()) throw unreadableBecause(uri, 'it is no regular file');
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The identity of the open file behind `handle`. */
export async function identify(handle: FileHandle): Promise<FileIdentity> {
  const { dev, ino, size, mtimeNs } = await handle.stat({ bigint: true });
  return { device: dev, inode: ino, size, modified: mtimeNs };
}

/** Whether two identities are of the same bytes, as far as the file system tells. */
export function isSameFile(a: FileIdentity, b: FileIdentity): boolean {
  return a.device === b.device && a.inode === b.inode && a.size === b.size && a.modified === b.modified;
}

function fileSource(handle: FileHandle, path: string, uri: string, identity: FileIdentity): FileSource {
  const fill = async (target: Uint8Array, offset: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    const length = target.byteLength;
    let done = 0;
    while (done < length) {
      const { bytesRead } = await handle.read(target, done, length - done, offset + done).catch((error: unknown) => {
        throw unreadable(uri, error);
      });
      if (bytesRead === 0) throw endedEarly(offset, length, done);
      done += bytesRead;
    }
  };
  return {
    uri,
    path,
    identity,
    fd: handle.fd,
    size: Number(identity.size),
    async read(offset, length, signal) {
      const bytes = Buffer.allocUnsafeSlow(length);
      await fill(bytes, offset, signal);
      return bytes;
    },
    readInto: fill,
    async assertUnchanged() {
      if (!isSameFile(identity, await identify(handle))) {
        throw new GgufError('file-changed', `${uri} changed while it was read`, { path, what: 'size or time' });
      }
    },
    async [Symbol.asyncDispose]() {
      await handle.close();
    },
  };
}

function endedEarly(offset: number, need: number, have: number): GgufError {
  return new GgufError('truncated', `need ${need} bytes at offset ${offset}, have ${have}`, { at: offset, need, have });
}
