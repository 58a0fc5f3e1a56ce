import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { MAX_JOURNAL_READ } from '../../limits.js';
import { type StepRecord, stepRecordSchema } from './record.js';

/** What is known of the steps of a batch, by their keys. */
export interface Records {
  readonly done: ReadonlyMap<string, DoneRecord>;
  /** Of steps that were tried and not done since. */
  readonly failed: ReadonlyMap<string, FailedRecord>;
}

/** A step that was done. */
export type DoneRecord = Extract<StepRecord, { status: 'done' }>;
/** A step that failed. */
export type FailedRecord = Extract<StepRecord, { status: 'failed' }>;

/** The records of a folder of journals, read on as other processes write them. */
export interface RecordReader {
  /** Reads what was written since the last call. A folder that is not there has no records. */
  refresh(): Promise<Records>;
}

/** A reader that has read nothing yet. It keeps what it read, which is some hundred bytes for each step. */
export function recordReader(folder: string): RecordReader {
  const done = new Map<string, DoneRecord>();
  const failed = new Map<string, FailedRecord>();
  const offsets = new Map<string, number>();
  const add = (record: StepRecord): void => {
    if (record.status === 'done') {
      // Journals are read one after the other, whenever their records were written.
      if (endOf(record) >= endOf(done.get(record.key))) done.set(record.key, record);
      failed.delete(record.key);
    } else if (!done.has(record.key)) failed.set(record.key, record);
  };
  const readOn = async (file: string): Promise<void> => {
    await using handle = await open(file, 'r');
    for (;;) {
      const offset = offsets.get(file) ?? 0;
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(MAX_JOURNAL_READ), 0, MAX_JOURNAL_READ, offset);
      const piece = buffer.subarray(0, bytesRead);
      // A line without an end is still being written, or was when its writer was killed. One that fills a whole piece is none of ours.
      const end = piece.lastIndexOf(LINE_END) + 1;
      for (const line of piece.subarray(0, end).toString('utf8').split('\n')) {
        const record = parseLine(line);
        if (record !== undefined) add(record);
      }
      offsets.set(file, offset + (end > 0 ? end : bytesRead === MAX_JOURNAL_READ ? bytesRead : 0));
      if (bytesRead < MAX_JOURNAL_READ) return;
    }
  };
  return {
    async refresh() {
      const names = await readdir(folder).catch(() => []);
      for (const name of names.filter((each) => each.endsWith('.jsonl')).sort()) await readOn(path.join(folder, name));
      return { done, failed };
    },
  };
}

const LINE_END = 0x0a;

function endOf(record: StepRecord | undefined): number {
  return record?.ended ?? 0;
}

/** What is no record of ours, or of a later version, counts for nothing: the step is done again. */
function parseLine(line: string): StepRecord | undefined {
  if (line === '') return undefined;
  try {
    return stepRecordSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
