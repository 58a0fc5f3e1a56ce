import { randomBytes } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { syncFolderOf } from '../../edit/sync.js';
import type { StepRecord } from './record.js';

/** The journal of one process. */
export interface Journal extends AsyncDisposable {
  /** Resolves once the record is on the disk. */
  append(record: StepRecord): Promise<void>;
}

/**
 * Opens a journal of this process in `folder`, with the first record that there is. Processes of many machines write to one
 * folder and never to one file: appends of two machines to a file on a network share may overwrite each other.
 */
export function openJournal(folder: string): Journal {
  const name = `${hostname().replace(/[^\w.-]/g, '_')}-${process.pid}-${randomBytes(4).toString('hex')}.jsonl`;
  const file = path.join(folder, name);
  const create = async () => {
    await mkdir(folder, { recursive: true });
    const handle = await open(file, 'a');
    await syncFolderOf(file);
    return handle;
  };
  let handle: Awaited<ReturnType<typeof create>> | undefined;
  let last: Promise<void> = Promise.resolve();
  let isTorn = false;
  const write = async (record: StepRecord): Promise<void> => {
    handle ??= await create();
    // What is left of a record that did not fit on the disk must not spoil the next one.
    const before = isTorn ? '\n' : '';
    isTorn = true;
    await handle.appendFile(`${before}${JSON.stringify(record)}\n`);
    await handle.datasync();
    isTorn = false;
  };
  return {
    append(record) {
      const next = last.then(() => write(record));
      last = next.catch(() => undefined);
      return next;
    },
    async [Symbol.asyncDispose]() {
      await last;
      await handle?.close();
    },
  };
}
