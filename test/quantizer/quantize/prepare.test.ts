import { describe, expect, test } from 'vitest';
import { parseHeader } from '../../../src/gguf/parse.js';
import { openModel } from '../../../src/quantizer/quantize/open-model.js';
import { metadataToPlanFor, prepare } from '../../../src/quantizer/quantize/prepare.js';
import { provenanceKeys } from '../../../src/quantizer/quantize/provenance.js';
import { useImatrix } from '../../../src/quantizer/quantize/use-imatrix.js';
import { predictSize } from '../../../src/quantizer/recipes/predict.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { gemma } from '../../cli/support/gemma.js';
import type { GgufBuilder } from '../../support/gguf-builder.js';
import { tempFile } from '../../support/temp.js';
import { bareHeader } from '../recipes/support/header-only.js';
import { llama } from '../recipes/support/shapes.js';
import { ggufImatrix } from '../support/imatrix.js';
import { splitModel } from '../support/split-model.js';

const SMALL = bareHeader(llama({ layers: 1, width: 256, feedForward: 256, heads: 4, kvHeads: 4 }));
const model = (header = SMALL) => ({ header, files: [{ header }] });

describe('prepare', () => {
  const recipe = resolveStock('Q4_K_M', SMALL);

  test('sets the keys of provenance, and predicts one file', () => {
    const { keys, written, bytes, quantizedBy } = prepare(model(), recipe, { version: '1.2.3' });
    expect(keys).toEqual(provenanceKeys(recipe, '1.2.3'));
    expect(quantizedBy).toBe('ggufix 1.2.3');
    expect(written).toEqual([bytes]);
  });

  test('counts what an importance matrix adds', async () => {
    const plain = prepare(model(), recipe, { version: '1' });
    const entry = { sums: [new Array(256).fill(1)], counts: [1] };
    const file = tempFile(ggufImatrix({ 'blk.0.attn_q.weight': entry }).bytes(), 'im.gguf');
    const use = await useImatrix(file, SMALL, recipe);
    const { keys, bytes } = prepare(model(), recipe, { version: '1', imatrix: use });
    expect(keys).toEqual(plain.keys);
    expect(bytes).toBeGreaterThan(plain.bytes);
  });

  test('counts changes of the metadata, in the result and for a planner, and not in what the engine writes', () => {
    const edits = [
      { op: 'set-metadata', key: 'general.description', value: { type: 'string', value: 'x'.repeat(500) } },
    ] as const;
    const plain = prepare(model(), recipe, { version: '1' });
    const { written, bytes, keys } = prepare(model(), recipe, { version: '1', edits });
    expect([written, keys]).toEqual([plain.written, plain.keys]);
    expect(bytes - plain.bytes).toBeGreaterThan(500);
    const room = metadataToPlanFor(model(), recipe.name, { version: '1', edits });
    expect(room.metadata.map(({ key }) => key)).toContain('general.description');
    expect(predictSize({ ...SMALL, metadata: room.metadata }, recipe, { keys: room.keys }).fileBytes).toBe(bytes);
  });

  test('a planner that asks for the same keys gets the same room', () => {
    const { keys } = prepare(model(), recipe, { version: '1' });
    const room = metadataToPlanFor(model(), recipe.name, { version: '1' });
    expect(room.keys.map(({ key }) => key)).toEqual(keys.map(({ key }) => key));
    expect(room.metadata).toEqual(SMALL.metadata);
  });

  // Four bytes less: the padding to 32 hides that for seven of eight lengths.
  test.each([0, 4, 8, 12, 16, 20, 24, 28])(
    'a planner counts a repair that shortens the header (%i more bytes)',
    (more) => {
      const file = gemma({ sharedLayers: { type: 'float64', value: 10 } });
      const header = headerOf(file.metadata('general.description', { type: 'string', value: 'x'.repeat(more) }));
      const planned = resolveStock('Q8_0', header);
      const { metadata, keys } = metadataToPlanFor(model(header), planned.name, { version: '1' });
      const { bytes } = prepare(model(header), planned, { version: '1' });
      expect(predictSize({ ...header, metadata }, planned, { keys }).fileBytes).toBe(bytes);
    },
  );

  test('an alignment of the source becomes 32, to which llama-quantize aligns', () => {
    const aligned = { ...SMALL, alignment: 64 };
    const { keys } = prepare(model(aligned), recipe, { version: '1' });
    expect(keys).toContainEqual({ key: 'general.alignment', type: 'int', value: '32' });
  });

  test('a key in a wrong type is set right by the engine, with no byte more', () => {
    const header = headerOf(gemma());
    const good = headerOf(gemma({ sharedLayers: { type: 'uint32', value: 10 } }));
    const sizes = [header, good].map((each) => prepare(model(each), resolveStock('Q8_0', each), { version: '1' }));
    expect(sizes[0]?.keys).toContainEqual({ key: 'gemma3n.attention.shared_kv_layers', type: 'int', value: '10' });
    expect(sizes[0]?.bytes).toBe(sizes[1]?.bytes);
  });

  test('what held room in the source is counted only in what the engine writes', () => {
    const filler = { type: 'array', itemType: 'uint64', items: new Array(100).fill(0n) } as const;
    const header = headerOf(gemma().metadata('ggufix.filler', filler));
    const { written, bytes } = prepare(model(header), resolveStock('Q8_0', header), { version: '1' });
    expect(written[0]).toBeGreaterThanOrEqual(bytes + 800);
  });

  test('of shards that stay apart predicts each', async () => {
    await using split = await openModel(splitModel()[1]);
    const stock = resolveStock('Q8_0', split.header);
    const { written, bytes } = prepare(split, stock, { version: '1', keepSplit: true });
    expect(written).toHaveLength(2);
    expect(bytes).toBe(written.reduce((sum, each) => sum + each, 0));
    expect(prepare(split, stock, { version: '1', keepSplit: false }).written).toHaveLength(1);
  });

  test('of one file that is to stay split makes one', () => {
    expect(prepare(model(), recipe, { version: '1', keepSplit: true }).written).toHaveLength(1);
  });
});

function headerOf(file: GgufBuilder) {
  const bytes = file.bytes();
  return parseHeader(bytes, bytes.byteLength);
}
