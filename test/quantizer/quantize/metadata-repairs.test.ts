import { describe, expect, test } from 'vitest';
import { parseHeader } from '../../../src/gguf/parse.js';
import {
  metadataRepairs,
  repairedMetadata,
  repairOverrides,
} from '../../../src/quantizer/quantize/metadata-repairs.js';
import { gemma } from '../../cli/support/gemma.js';
import type { GgufBuilder } from '../../support/gguf-builder.js';

const SHARED = 'gemma3n.attention.shared_kv_layers';

function headerOf(file: GgufBuilder) {
  const bytes = file.bytes();
  return parseHeader(bytes, bytes.byteLength);
}

describe('a key in a wrong type', () => {
  const broken = headerOf(gemma({ embedding: 'Q4_K' }));

  test('is repaired, and tensors are left alone', () => {
    expect(metadataRepairs(broken)).toContainEqual(
      expect.objectContaining({ op: 'retype-metadata', key: SHARED, to: 'uint32' }),
    );
    expect(metadataRepairs(broken).filter(({ op }) => op === 'retype-tensor')).toEqual([]);
  });

  test('is right in the metadata after the repair', () => {
    const types = (metadata: ReturnType<typeof repairedMetadata>) => metadata.find(({ key }) => key === SHARED)?.type;
    expect(types(broken.metadata)).toBe('float32');
    expect(types(repairedMetadata(broken, metadataRepairs(broken)))).toBe('uint32');
  });

  test('becomes an override of the engine', () => {
    expect(repairOverrides(broken, metadataRepairs(broken))).toContainEqual({ key: SHARED, type: 'int', value: '10' });
  });

  test.each([10.5, -1, Number.NaN, 2 ** 40])('whose value is %s does not', (value) => {
    const header = headerOf(gemma({ sharedLayers: { type: 'float32', value } }));
    expect(repairOverrides(header, metadataRepairs(header)).filter(({ key }) => key === SHARED)).toEqual([]);
  });
});

test('a good file has nothing to repair, and its metadata stays', () => {
  const good = headerOf(gemma({ sharedLayers: { type: 'uint32', value: 10 }, embedding: 'Q8_0' }));
  expect(metadataRepairs(good)).toEqual([]);
  expect(repairOverrides(good, metadataRepairs(good))).toEqual([]);
  expect(repairedMetadata(good, metadataRepairs(good))).toEqual(good.metadata);
});

test('what held room in the source does not come along', () => {
  const filler = { type: 'array', itemType: 'uint64', items: [1n, 2n] } as const;
  const file = gemma({ sharedLayers: { type: 'uint32', value: 10 } }).metadata('ggufix.filler', filler);
  const header = headerOf(file);
  expect(repairedMetadata(header, metadataRepairs(header))).toEqual(header.metadata.slice(0, -1));
});

test('a file that is cut off has no repairs, but keeps its metadata', () => {
  const header = headerOf(gemma().cutAt(-1000));
  expect(metadataRepairs(header)).toEqual([]);
  expect(repairedMetadata(header, metadataRepairs(header))).toEqual(header.metadata);
});
