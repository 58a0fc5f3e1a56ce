import type { Source } from '../sources/source.js';
import { dataEnd } from './data-end.js';
import type { Header } from './model.js';

/** The few bytes of a file that belong to no key and no tensor. */
export interface FileEdges {
  /** Between the last tensor info and the data section; empty where there is no such padding. */
  readonly headerPadding: Uint8Array;
  /** The first bytes behind the padded data section. */
  readonly trailing: Uint8Array;
}

/** Enough of the padding for any alignment in use; a hostile one goes up to 2 GiB. */
const MAX_PADDING_BYTES = 4096;
/** The magic, the version and the counts of a GGUF file. */
const MAX_TRAILING_BYTES = 24;

/** Reads the padding of the header and the first bytes behind the data. */
export async function readEdges(source: Source, header: Header, signal?: AbortSignal): Promise<FileEdges> {
  const end = dataEnd(header) ?? header.fileSize;
  return {
    headerPadding: await readBetween(source, header.infoEnd, header.dataOffset, MAX_PADDING_BYTES, signal),
    trailing: await readBetween(source, end, header.fileSize, MAX_TRAILING_BYTES, signal),
  };
}

async function readBetween(
  source: Source,
  start: number,
  end: number,
  limit: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const length = Math.min(end, source.size) - start;
  return length <= 0 ? new Uint8Array() : await source.read(start, Math.min(length, limit), signal);
}
