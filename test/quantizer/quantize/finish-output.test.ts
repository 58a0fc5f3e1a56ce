import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Edit } from '../../../src/edit/edits.js';
import type { Header } from '../../../src/gguf/model.js';
import { tensorExtent } from '../../../src/gguf/model.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { scalarValue } from '../../../src/gguf/values.js';
import { finishOutput } from '../../../src/quantizer/quantize/finish-output.js';
import { createPool } from '../../../src/tensors/pool.js';
import { gemma } from '../../cli/support/gemma.js';
import type { GgufBuilder } from '../../support/gguf-builder.js';
import { neighboursOf, tempFile } from '../../support/temp.js';

const HASH = 'ab'.repeat(32);
const KEY = 'ggufix.source.sha256';
const unsigned = { type: 'string', value: '0'.repeat(64) } as const;

/** Finishes a file and returns it, as it was and as it is. */
async function finished(file: GgufBuilder, edits?: readonly Edit[]) {
  const path = tempFile(file.bytes());
  await using pool = createPool({ threads: 1 });
  await finishOutput(path, HASH, { pool, edits });
  expect(neighboursOf(path)).toEqual([]);
  const [old, bytes] = [file.bytes(), readFileSync(path)];
  return { old, bytes, before: parseHeader(old, old.byteLength), after: parseHeader(bytes, bytes.byteLength) };
}

function textOf({ metadata }: Header, key: string): unknown {
  const entry = metadata.find((each) => each.key === key);
  return entry === undefined ? undefined : scalarValue(entry);
}

function tensorData(bytes: Uint8Array, header: Header): Uint8Array[] {
  return header.tensors.map((tensor) => {
    const { offset, length } = tensorExtent(header, tensor) ?? { offset: 0, length: 0 };
    return Uint8Array.from(bytes.subarray(offset, offset + length));
  });
}

describe('finishOutput', () => {
  const good = gemma({ sharedLayers: { type: 'uint32', value: 10 }, embedding: 'Q8_0' }).metadata(KEY, unsigned);

  test('puts the hash in the place that was kept for it, and changes nothing else', async () => {
    const { old, bytes, after } = await finished(good);
    expect(textOf(after, KEY)).toBe(HASH);
    expect(bytes.byteLength).toBe(old.byteLength);
    const differing = bytes.filter((byte, i) => byte !== old[i]);
    expect(differing).toHaveLength(64);
  });

  test('repairs what the metadata of the source brought in', async () => {
    const { after, before, old, bytes } = await finished(gemma({ embedding: 'Q8_0' }).metadata(KEY, unsigned));
    const key = 'gemma3n.attention.shared_kv_layers';
    expect(after.metadata.find((each) => each.key === key)?.type).toBe('uint32');
    expect(textOf(after, key)).toBe(10);
    expect(tensorData(bytes, after)).toEqual(tensorData(old, before));
  });

  test('leaves out what held room, and keeps the tensors', async () => {
    const filler = { type: 'array', itemType: 'uint64', items: new Array(100).fill(0n) } as const;
    const { old, bytes, before, after } = await finished(good.metadata('ggufix.filler', filler));
    expect(after.metadata.map(({ key }) => key)).not.toContain('ggufix.filler');
    expect(bytes.byteLength).toBeLessThan(old.byteLength - 800);
    expect(tensorData(bytes, after)).toEqual(tensorData(old, before));
    expect(after.problems).toEqual([]);
  });

  test('does not touch tensors that a rule would convert', async () => {
    const { after } = await finished(gemma({ embedding: 'Q4_K' }).metadata(KEY, unsigned));
    expect(after.tensors.map(({ type }) => type)).toContain('Q4_K');
  });

  test('a file that is no model is an error', async () => {
    await using pool = createPool({ threads: 1 });
    await expect(finishOutput(tempFile(Buffer.from('x')), HASH, { pool })).rejects.toMatchObject({
      code: 'header-unreadable',
    });
  });

  test('makes changes of the metadata after its repairs, and keeps every tensor', async () => {
    const edits: readonly Edit[] = [
      { op: 'set-metadata', key: 'general.version', value: { type: 'string', value: 'v7' } },
      { op: 'set-metadata', key: 'general.name', value: { type: 'string', value: 'Other, and longer than it was' } },
    ];
    const { old, bytes, before, after } = await finished(good, edits);
    expect(['general.version', 'general.name', KEY].map((key) => textOf(after, key))).toEqual([
      'v7',
      'Other, and longer than it was',
      HASH,
    ]);
    expect(tensorData(bytes, after)).toEqual(tensorData(old, before));
  });
});
