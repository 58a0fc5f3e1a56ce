import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { applyChange, type ChangeOptions, planChange } from '../../src/edit/change-file.js';
import { companionsOf } from '../../src/edit/companions.js';
import type { Edit } from '../../src/edit/edits.js';
import type { Strategy } from '../../src/edit/plan.js';
import { keepOldFile } from '../../src/edit/undo-record.js';
import { readHeader } from '../../src/gguf/parse.js';
import { openFile } from '../../src/sources/file.js';
import { createPool } from '../../src/tensors/pool.js';
import { gguf } from '../support/gguf-builder.js';
import { neighboursOf } from '../support/temp.js';

/** What `driver.js` is told to do. */
export interface Orders {
  readonly action: 'change' | 'undo' | 'recover';
  readonly file: string;
  readonly edits: readonly Edit[];
  readonly strategy: Strategy;
  readonly keepUndo: boolean;
  readonly threads: number;
}

/** Work that is killed, on one file that is put back before every run. */
export interface Scene {
  readonly orders: Orders;
  /** The file before and after the work; a kill may leave no third. */
  readonly start: Buffer;
  readonly end: Buffer;
  /** What may still lie beside the file once `recover` has run, where `bytes` is the file: undo records that are kept. */
  readonly mayRemain: (bytes: Buffer) => readonly string[];
  /** What an undo record that remains brings back, where `bytes` is the file. */
  readonly undone: (bytes: Buffer) => Buffer;
  /** Puts the file and what lies beside it back to where the work starts. */
  readonly reset: () => Promise<void>;
}

/** The kinds of work, by name. */
export const SCENES = {
  patch: (folder: string, scale: Scale) => changeScene(folder, scale, 'patch'),
  slide: (folder: string, scale: Scale) => changeScene(folder, scale, 'slide'),
  rewrite: (folder: string, scale: Scale) => changeScene(folder, scale, 'rewrite'),
  'patch over an older undo record': (folder: string, scale: Scale) => secondUndoScene(folder, scale, 'patch'),
  'rewrite over an older undo record': (folder: string, scale: Scale) => secondUndoScene(folder, scale, 'rewrite'),
  undo: undoScene,
  'undo of a rewrite': undoRewriteScene,
  recover: recoverScene,
} as const satisfies Record<string, (folder: string, scale: Scale) => Promise<Scene>>;

/** How much there is to write: the metadata that changes in bytes, and the rows of 1024 weights of a tensor. */
export interface Scale {
  readonly metadata: number;
  readonly rows: number;
  readonly threads: number;
}

const EMBEDDING = 'per_layer_token_embd.weight';

async function changeScene(folder: string, scale: Scale, strategy: Strategy): Promise<Scene> {
  const orders = ordersFor(folder, scale, strategy, false);
  const { file } = orders;
  const start = modelBytes(scale);
  writeFileSync(file, start);
  const end = await changed(orders);
  const reset = async (): Promise<void> => {
    clear(file);
    writeFileSync(file, start);
  };
  return { orders, start, end, mayRemain: () => [], undone: () => start, reset };
}

/** A change with `--keep-undo` of a file that has an undo record of an earlier rewrite. */
async function secondUndoScene(folder: string, scale: Scale, strategy: Strategy): Promise<Scene> {
  const plain = await changeScene(folder, scale, strategy);
  const { file } = plain.orders;
  const { undo, undoFile, undoNote } = companionsOf(file);
  const records = (strategy === 'rewrite' ? [undoFile, undoNote] : [undo]).map((record) => path.basename(record));
  const olderRecords = [undoFile, undoNote].map((record) => path.basename(record));
  const older = Buffer.from('the file before it was rewritten');
  return {
    ...plain,
    orders: { ...plain.orders, keepUndo: true },
    mayRemain: (bytes) => (bytes.equals(plain.end) ? records : olderRecords),
    undone: (bytes) => (bytes.equals(plain.end) ? plain.start : older),
    reset: async () => {
      await plain.reset();
      await keepForUndo(older, file);
    },
  };
}

/** An undo record of a slide that is used. */
async function undoScene(folder: string, scale: Scale): Promise<Scene> {
  const orders = ordersFor(folder, scale, 'slide', true);
  const { file } = orders;
  const old = modelBytes(scale);
  writeFileSync(file, old);
  const written = await changed(orders);
  const { undo } = companionsOf(file);
  const record = readFileSync(undo);
  return {
    orders: { ...orders, action: 'undo' },
    start: written,
    end: old,
    mayRemain: (bytes) => (bytes.equals(written) ? [path.basename(undo)] : []),
    undone: () => old,
    reset: async () => {
      clear(file);
      writeFileSync(file, written);
      writeFileSync(undo, record);
    },
  };
}

async function undoRewriteScene(folder: string, scale: Scale): Promise<Scene> {
  const orders = ordersFor(folder, scale, 'rewrite', true);
  const { file } = orders;
  const old = modelBytes(scale);
  writeFileSync(file, old);
  const written = await changed(orders);
  const { undoFile, undoNote } = companionsOf(file);
  const records = [undoFile, undoNote].map((record) => path.basename(record));
  return {
    orders: { ...orders, action: 'undo' },
    start: written,
    end: old,
    mayRemain: (bytes) => (bytes.equals(written) ? records : []),
    undone: () => old,
    reset: async () => {
      clear(file);
      writeFileSync(file, written);
      await keepForUndo(old, file);
    },
  };
}

/** A slide that was killed in the middle of its header. */
async function recoverScene(folder: string, scale: Scale): Promise<Scene> {
  const orders = ordersFor(folder, scale, 'slide', true);
  const { file } = orders;
  const old = modelBytes(scale);
  writeFileSync(file, old);
  const torn = await changed(orders);
  torn.set(old.subarray(Math.floor(scale.metadata / 2), scale.metadata), Math.floor(scale.metadata / 2));
  const { undo, journal } = companionsOf(file);
  const record = readFileSync(undo);
  return {
    orders: { ...orders, action: 'recover' },
    // What was torn becomes the old file and nothing else.
    start: old,
    end: old,
    mayRemain: () => [],
    undone: () => old,
    reset: async () => {
      clear(file);
      writeFileSync(file, torn);
      writeFileSync(journal, record);
    },
  };
}

function ordersFor(folder: string, { metadata, threads }: Scale, strategy: Strategy, keepUndo: boolean): Orders {
  const template = (text: string): Edit => ({
    op: 'set-metadata',
    key: 'tokenizer.chat_template',
    value: { type: 'string', value: text },
  });
  const edits: Record<Strategy, Edit> = {
    // A word in 128: thousands of short writes, between which a kill can fall.
    patch: template(`${'old '.repeat(127)}new `.repeat(metadata / 512)),
    slide: template('new '.repeat(metadata / 4 + 1024)),
    rewrite: { op: 'retype-tensor', name: EMBEDDING, to: 'Q8_0' },
  };
  return {
    action: 'change',
    file: path.join(folder, 'model.gguf'),
    edits: [edits[strategy]],
    strategy,
    keepUndo,
    threads,
  };
}

/** A leading tensor that `slide` moves, one that `rewrite` converts, and one that stays. */
export function modelBytes({ metadata, rows }: Scale): Buffer {
  return Buffer.from(
    gguf()
      .metadata('general.architecture', { type: 'string', value: 'gemma3n' })
      .metadata('tokenizer.chat_template', { type: 'string', value: 'old '.repeat(metadata / 4) })
      .tensor('blk.0.weight', 'I8', [rows * 1024], { bytes: weights(rows * 1024, 0x21) })
      .tensor(EMBEDDING, 'F16', [1024, rows], { bytes: weights(rows * 2048, 0x34) })
      .tensor('blk.1.weight', 'I8', [rows * 1024], { bytes: weights(rows * 1024, 0x42) })
      .bytes(),
  );
}

/** Bytes that differ from place to place; every second one is `odd`, so that as F16 they are numbers. */
function weights(length: number, odd: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(odd);
  for (let at = 0; at < length; at += 2) bytes[at] = at * 31 + (at >> 9);
  return bytes;
}

/** Does the work in this process, undisturbed. Resolves to the file that it leaves. */
async function changed({ file, edits, strategy, keepUndo }: Orders): Promise<Buffer> {
  await using source = await openFile(file);
  const openPool = async () => createPool({ threads: 0 });
  const options: ChangeOptions = { force: false, strategy, keepUndo };
  await applyChange(source, planChange(await readHeader(source), edits, options), options, { openPool });
  return readFileSync(file);
}

/** Leaves what a rewrite of `old` into `file` with `--keep-undo` leaves. */
async function keepForUndo(old: Buffer, file: string): Promise<void> {
  const oldFile = `${file}.old`;
  writeFileSync(oldFile, old);
  await keepOldFile(oldFile, file, companionsOf(file));
  rmSync(oldFile);
}

/** Removes everything beside the file. */
function clear(file: string): void {
  for (const name of neighboursOf(file)) rmSync(path.join(path.dirname(file), name), { recursive: true });
}
