import { expect, test } from 'vitest';
import { applyEdits } from '../../../src/edit/draft.js';
import { isSplitKey, planShard } from '../../../src/edit/split/plan-shard.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { scalarValue } from '../../../src/gguf/values.js';
import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';
import { smallModel } from '../../support/models.js';

/** The shard of `model` that has the tensors from `first` to before `end`. */
function shard(model: GgufBuilder, number: number, [first, end]: readonly [number, number]) {
  const draft = applyEdits(parseHeader(model.bytes()), []);
  const plan = planShard({ ...draft, tensors: draft.tensors.slice(first, end) }, number, { count: 3, tensors: 5 });
  return { plan, header: parseHeader(plan.header, plan.newSize) };
}

const keysOf = (model: GgufBuilder, number: number) =>
  shard(model, number, [0, 2]).header.metadata.map(({ key }) => key);

const SPLIT = ['split.no', 'split.tensors.count', 'split.count'];

test('the first has all metadata, the others only their number', () => {
  const own = parseHeader(smallModel().bytes()).metadata.map(({ key }) => key);
  expect(keysOf(smallModel(), 0)).toEqual([...own, ...SPLIT]);
  expect(keysOf(smallModel(), 1)).toEqual(SPLIT);
  const { header } = shard(smallModel(), 2, [0, 2]);
  expect(header.metadata.map((entry) => [entry.type, scalarValue(entry)])).toEqual([
    ['uint16', 2],
    ['int32', 5],
    ['uint16', 3],
  ]);
});

test('older split keys and the filler of an edit go', () => {
  const model = smallModel()
    .metadata('split.count', { type: 'uint32', value: 0 })
    .metadata('ggufix.filler', { type: 'array', itemType: 'uint64', items: [1n, 2n] })
    .metadata('last', { type: 'bool', value: true });
  expect(keysOf(model, 0).slice(-4)).toEqual(['last', ...SPLIT]);
  expect(isSplitKey('split.count')).toBe(true);
  expect(isSplitKey('split.other')).toBe(false);
});

test('tensors are placed from the start of the data section, and only their bytes are copied', () => {
  const { plan, header } = shard(smallModel(), 1, [1, 4]);
  expect(header.tensors.map(({ name, dataOffset }) => [name, Number(dataOffset)])).toEqual([
    ['blk.1.weight', 0],
    ['blk.2.weight', 2048],
    ['blk.3.weight', 2080],
  ]);
  const start = header.dataOffset;
  // 2048 and 24 bytes stand beside each other in both files; 8 bytes of padding do not belong to them.
  expect(plan.copies.map(({ to, length }) => [to - start, length])).toEqual([
    [0, 2072],
    [2080, 512],
  ]);
  expect(plan.newSize).toBe(start + 2592);
});

test('a shard is of version 3, as llama.cpp writes it', () => {
  expect(shard(smallModel().version(2), 0, [0, 1]).header.version).toBe(3);
});

test('with an alignment of its own every shard says so; without tensors it is padded to the usual one', () => {
  const model = smallModel().metadata('general.alignment', { type: 'uint32', value: 64 });
  const { plan, header } = shard(model, 1, [0, 2]);
  expect(header.alignment).toBe(64);
  expect(keysOf(model, 1)).toEqual(['general.alignment', ...SPLIT]);
  expect(header.problems).toEqual([]);
  expect(plan.newSize).toBe(header.dataOffset + 64 + 2048);
  const bare = shard(smallModel(), 0, [0, 0]).plan;
  expect(bare.newSize).toBe(Math.ceil(bare.header.byteLength / 32) * 32);
});

test('what llama.cpp would refuse is not planned', () => {
  const twice = gguf().metadata('a', { type: 'uint8', value: 1 }).metadata('a', { type: 'uint8', value: 1 });
  expect(() => shard(twice, 0, [0, 0])).toThrow('llama.cpp would refuse what is to be written');
});
