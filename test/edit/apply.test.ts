import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyChange, type ChangeOptions, planChange } from '../../src/edit/change-file.js';
import type { Edit } from '../../src/edit/edits.js';
import { recoverFile, undoLastWrite } from '../../src/edit/recover.js';
import { GgufError } from '../../src/errors.js';
import { findEntry, findTensor } from '../../src/gguf/model.js';
import { parseHeader, readHeader } from '../../src/gguf/parse.js';
import { scalarValue } from '../../src/gguf/values.js';
import { openFile } from '../../src/sources/file.js';
import { createPool } from '../../src/tensors/pool.js';
import { gguf } from '../support/gguf-builder.js';
import { patternBytes, smallModel } from '../support/models.js';
import { neighboursOf, tempFile, tempFolder } from '../support/temp.js';

const DEFAULTS: ChangeOptions = { force: false, strategy: 'auto', keepUndo: false };
const retype: Edit = { op: 'retype-metadata', key: 'gemma3n.attention.shared_kv_layers', to: 'uint32' };
const template = (length: number): Edit => ({
  op: 'set-metadata',
  key: 'tokenizer.chat_template',
  value: { type: 'string', value: 'x'.repeat(length) },
});

const openPool = async () => createPool({ threads: 0 });

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

async function change(file: string, edits: readonly Edit[], options: Partial<ChangeOptions> = {}): Promise<string> {
  await using source = await openFile(file);
  const all = { ...DEFAULTS, ...options };
  const planned = planChange(await readHeader(source), edits, all);
  await applyChange(source, planned, all, { openPool });
  return planned.plan.strategy;
}

function largeModel(): Uint8Array {
  return smallModel()
    .tensor('last', 'I8', [100_000], { bytes: patternBytes(100_000, 9) })
    .bytes();
}

const cases = [
  { strategy: 'patch', edit: retype },
  { strategy: 'slide', edit: template(2000) },
  { strategy: 'rewrite', edit: template(2000) },
] as const;

describe.each(cases)('$strategy', ({ strategy, edit }) => {
  test('changes the file, keeps its mode and leaves nothing beside it', async () => {
    const file = tempFile(largeModel());
    chmodSync(file, 0o640);
    expect(await change(file, [edit], { strategy })).toBe(strategy);
    expect(parseHeader(readFileSync(file)).problems).toEqual([]);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(neighboursOf(file)).toEqual([]);
  });

  test('undo restores the exact bytes', async () => {
    const file = tempFile(largeModel());
    const before = sha256(file);
    await change(file, [edit], { strategy, keepUndo: true });
    expect(sha256(file)).not.toBe(before);
    expect(neighboursOf(file)).not.toEqual([]);
    await undoLastWrite(file);
    expect(sha256(file)).toBe(before);
    expect(neighboursOf(file)).toEqual([]);
    await expect(undoLastWrite(file)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('a symlink stays a symlink', async () => {
    const file = tempFile(largeModel());
    const name = path.join(tempFolder(), 'link.gguf');
    symlinkSync(file, name);
    await change(name, [edit], { strategy });
    expect(lstatSync(name).isSymbolicLink()).toBe(true);
    expect(readlinkSync(name)).toBe(file);
    expect(neighboursOf(name)).toEqual([]);
    expect(sha256(file)).toBe(sha256(name));
  });

  test('-o writes a copy and only reads the source, even a read-only one', async () => {
    const file = tempFile(largeModel());
    chmodSync(file, 0o444);
    const [before, out] = [sha256(file), path.join(tempFolder(), 'out.gguf')];
    await change(file, [edit], { out });
    expect(sha256(file)).toBe(before);
    expect(parseHeader(readFileSync(out)).problems).toEqual([]);
    await expect(change(file, [edit], { out })).rejects.toMatchObject({ code: 'not-writable' });
    await change(file, [edit], { out, force: true });
    expect(neighboursOf(out)).toEqual([]);
  });

  test('a read-only file is refused', async () => {
    const file = tempFile(largeModel());
    chmodSync(file, 0o444);
    await expect(change(file, [edit], { strategy })).rejects.toMatchObject({ code: 'not-writable' });
    expect(neighboursOf(file)).toEqual([]);
  });

  test('hard links are refused unless the strategy is named', async () => {
    const file = tempFile(largeModel());
    const other = path.join(tempFolder(), 'other.gguf');
    linkSync(file, other);
    const before = sha256(other);
    if (strategy !== 'rewrite') {
      await expect(change(file, [edit])).rejects.toMatchObject({ code: 'not-writable' });
      expect(sha256(file)).toBe(before);
    }
    await change(file, [edit], { strategy });
    expect(sha256(other) === before).toBe(strategy === 'rewrite');
  });

  test('a file that changed since it was read is left alone', async () => {
    const file = tempFile(largeModel());
    await using source = await openFile(file);
    const options = { ...DEFAULTS, strategy };
    const planned = planChange(await readHeader(source), [edit], options);
    utimesSync(file, new Date(0), new Date(0));
    const before = sha256(file);
    await expect(applyChange(source, planned, options, { openPool })).rejects.toMatchObject({ code: 'file-changed' });
    expect(sha256(file)).toBe(before);
    expect(neighboursOf(file)).toEqual([]);
  });
});

describe('what was interrupted', () => {
  const companion = (file: string, suffix: string): string =>
    path.join(path.dirname(file), `.${path.basename(file)}.ggufix-${suffix}`);

  /** The file, its old and new bytes, and a complete journal between them. */
  async function journaled(edit: Edit, strategy: 'patch' | 'slide') {
    const file = tempFile(largeModel());
    const old = readFileSync(file);
    await change(file, [edit], { strategy, keepUndo: true });
    const next = readFileSync(file);
    const journal = readFileSync(companion(file, 'undo'));
    return { file, old, next, journal };
  }

  test.each([
    { strategy: 'patch', edit: retype },
    { strategy: 'slide', edit: template(2000) },
  ] as const)(
    '$strategy: any mix of old and new bytes under a journal becomes the old file',
    async ({ strategy, edit }) => {
      const { file, old, next, journal } = await journaled(edit, strategy);
      // As after a kill during the header write: the copies are there, and some prefix or suffix of the writes.
      for (const kept of [0, 1, 4, 40, 333, 700, 1500]) {
        const torn = Buffer.from(next);
        torn.set(old.subarray(kept, 1500), kept);
        writeFileSync(file, torn);
        writeFileSync(companion(file, 'journal'), journal);
        await recoverFile(file);
        expect([old, next].some((whole) => whole.equals(readFileSync(file)))).toBe(true);
        expect(existsSync(companion(file, 'journal'))).toBe(false);
      }
    },
  );

  test('a finished write whose journal was left stays', async () => {
    const { file, next, journal } = await journaled(retype, 'patch');
    writeFileSync(companion(file, 'journal'), journal);
    expect(await recoverFile(file)).toBe('completed');
    expect(readFileSync(file).equals(next)).toBe(true);
  });

  test('a journal that was never finished means an untouched file', async () => {
    const { file, next, journal } = await journaled(retype, 'patch');
    for (const length of [0, 1, 100, journal.byteLength - 1]) {
      writeFileSync(companion(file, 'journal'), journal.subarray(0, length));
      expect(await recoverFile(file)).toBe('cleaned-up');
      expect(readFileSync(file).equals(next)).toBe(true);
    }
  });

  test('a journal stops every write until recover ran', async () => {
    const { file, journal } = await journaled(retype, 'patch');
    writeFileSync(companion(file, 'journal'), journal);
    await expect(change(file, [template(5)])).rejects.toMatchObject({ code: 'journal-present' });
    await recoverFile(file);
    await change(file, [template(5)]);
  });

  test('a journal of another file with this name is refused', async () => {
    const { old, journal } = await journaled(retype, 'patch');
    const replacement = tempFile(old);
    writeFileSync(companion(replacement, 'journal'), journal);
    writeFileSync(replacement, Buffer.from(old).fill(7, 0, 9));
    await expect(recoverFile(replacement)).rejects.toMatchObject({ code: 'journal-unusable' });
  });

  test('undo refuses a file that changed since', async () => {
    const { file } = await journaled(retype, 'patch');
    const bytes = readFileSync(file);
    const { offset, valueAt } = findEntry(parseHeader(bytes), 'gemma3n.attention.shared_kv_layers')!;
    writeFileSync(file, bytes.fill(9, offset + valueAt, offset + valueAt + 1));
    await expect(undoLastWrite(file)).rejects.toMatchObject({ code: 'journal-unusable' });
  });

  test('an interrupted undo is finished by recover', async () => {
    const { file, old, journal } = await journaled(template(2000), 'slide');
    writeFileSync(companion(file, 'undoing'), journal);
    expect(await recoverFile(file)).toBe('rolled-back');
    expect(readFileSync(file).equals(old)).toBe(true);
  });

  test('an unfinished new file is removed', async () => {
    const file = tempFile(largeModel());
    writeFileSync(companion(file, 'tmp'), 'half a model');
    expect(await recoverFile(file)).toBe('cleaned-up');
    expect(neighboursOf(file)).toEqual([]);
    expect(await recoverFile(file)).toBe('nothing-to-do');
  });
});

describe('locks', () => {
  const lockOf = (file: string): string => path.join(path.dirname(file), `.${path.basename(file)}.ggufix-lock`);

  test('two changes at once: one waits for nobody and fails, the file is good', async () => {
    const file = tempFile(largeModel());
    const results = await Promise.allSettled([change(file, [template(2000)]), change(file, [template(3000)])]);
    const failed = results.filter(({ status }) => status === 'rejected');
    expect(failed.length).toBeLessThan(2);
    expect(parseHeader(readFileSync(file)).problems).toEqual([]);
    expect(neighboursOf(file)).toEqual([]);
  });

  test('a lock of a living process is respected, one of a dead process taken over', async () => {
    const file = tempFile(largeModel());
    const started = readFileSync(`/proc/${process.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[19];
    writeFileSync(lockOf(file), JSON.stringify({ pid: process.pid, host: hostname(), started }));
    await expect(change(file, [retype])).rejects.toMatchObject({ code: 'locked' });
    writeFileSync(lockOf(file), JSON.stringify({ pid: process.pid, host: hostname(), started: '1' }));
    await change(file, [retype]);
    writeFileSync(lockOf(file), JSON.stringify({ pid: 1, host: 'elsewhere', started: '1' }));
    await expect(change(file, [template(9)])).rejects.toThrow('process 1 on elsewhere');
  });
});

describe('conversions', () => {
  test('a tensor is converted, the others keep their bytes', async () => {
    const weights = new Uint8Array(64 * 4 * 2).map((_, i) => (i % 2 === 0 ? i : 0x34));
    const file = tempFile(
      gguf()
        .tensor('a', 'I8', [33], { bytes: patternBytes(33, 1) })
        .tensor('b', 'F16', [64, 4], { bytes: weights })
        .tensor('c', 'I8', [100], { bytes: patternBytes(100, 2) })
        .bytes(),
    );
    await change(file, [{ op: 'retype-tensor', name: 'b', to: 'Q8_0' }]);
    const after = readFileSync(file);
    const header = parseHeader(after);
    expect(header.problems).toEqual([]);
    expect(findTensor(header, 'b')).toMatchObject({ type: 'Q8_0', bytes: 272n });
    expect(Buffer.from(after.subarray(header.dataOffset, header.dataOffset + 33))).toEqual(
      Buffer.from(patternBytes(33, 1)),
    );
  });

  test('NaN in the source is refused with its place, and nothing is left', async () => {
    const weights = Buffer.alloc(64 * 4 * 2);
    weights.writeUInt16LE(0x7e00, (2 * 64 + 5) * 2);
    const file = tempFile(gguf().tensor('b', 'F16', [64, 4], { bytes: weights }).bytes());
    const before = sha256(file);
    const error = await change(file, [{ op: 'retype-tensor', name: 'b', to: 'Q8_0' }]).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(GgufError);
    expect(error).toMatchObject({ code: 'non-finite-weight', details: { tensor: 'b', row: 2, element: 5 } });
    expect(sha256(file)).toBe(before);
    expect(neighboursOf(file)).toEqual([]);
  });
});

test('a retyped key reads back as the same number', async () => {
  const file = tempFile(largeModel());
  await change(file, [retype]);
  const entry = findEntry(parseHeader(readFileSync(file)), 'gemma3n.attention.shared_kv_layers');
  expect(entry?.type).toBe('uint32');
  expect(scalarValue(entry!)).toBe(10);
});
