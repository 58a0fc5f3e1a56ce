import { fatalProblem, type Header, type TensorInfo, tensorPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import type { Place } from '../../gguf/problems.js';
import { defineRule, type Found } from '../check.js';
import { numberOf } from '../facts/keys.js';
import { type Expectation, expectationOf, expectedTensors } from './expected.js';

/** Tensors that are missing or too many, those of one kind together. */
interface UnexpectedTensors {
  readonly kind: 'no-layers' | 'missing' | 'missing-layers' | 'extra' | 'extra-layers' | 'extra-media';
  readonly architecture: string;
  /** The first of them; for missing layers, the first layer; without any layer, the first tensor that is there. */
  readonly first: string;
  /** How many there are of them; without any layer, how many tensors are there. */
  readonly count: number;
  readonly layers: number;
}

/** Tensors against what the architecture has. */
export const unexpectedTensors = defineRule<UnexpectedTensors>({
  id: 'tensor/expected-tensors',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'The file has the tensors of its architecture and no others.',
    why: 'llama.cpp refuses a file in which one is missing (`tensor not found`), and one in which some are left over (`wrong number of tensors`). Left over are mostly a vision or audio encoder, which llama.cpp wants in an mmproj file of its own while Ollama stores it with the model, and layers for multi-token prediction beyond block_count. A file without a tensor of any layer is a part that somebody cut out: that is an info, since nobody takes it for a model, and says that the rules for whole models were not applied.',
    example: 'A gemma3 file has 439 tensors named v.blk.0.attn_q.weight and so on.',
    remedy:
      "Missing ones: convert the model again, with all shards present. A vision or audio encoder: make model and mmproj file with llama.cpp's converter. Others: use the version of the program that the file was made for.",
    fix: 'None: ggufix cannot make weights, and does not throw any away.',
    sources: [
      'llama.cpp 0.7.0, src/llama-model-loader.cpp: done_getting_tensors, src/models (measured: each architecture loaded whole, with each tensor left out, and with others added)',
    ],
  },
  find: function* ({ header }) {
    const expectation = expectationOf(header);
    if (expectation === undefined) return;
    // A shard has only some of the tensors, a broken header only those before the fault.
    const isPart = (numberOf(header, 'split.count') ?? 0) > 1 || fatalProblem(header) !== undefined;
    if (expectation.hasLayers) yield* extra(expectation);
    if (isPart) return;
    yield* expectation.hasLayers ? missing(header, expectation) : noLayers(header, expectation);
  },
  describe: ({ kind, architecture, first, count, layers }) => {
    const refused = 'llama.cpp refuses the file';
    const isOne = count === 1;
    const more = isOne ? '' : ` and ${count - 1} more`;
    switch (kind) {
      case 'no-layers':
        return `none of the ${layers} layers of a ${architecture} has tensors, the file holds only ${count} ${isOne ? 'tensor' : 'tensors'} such as ${quoted(first)}: it is a part of a model, which llama.cpp does not load, and is not judged as a whole one`;
      case 'missing':
        return `tensor ${quoted(first)}${more} ${isOne ? 'is' : 'are'} missing, which every ${architecture} has: ${refused}`;
      case 'missing-layers':
        return `${count} of ${layers} layers have no tensors, the first is layer ${first}: block_count is wrong or the file is incomplete, ${refused}`;
      case 'extra-layers':
        return `tensor ${quoted(first)}${more} ${isOne ? 'belongs' : 'belong'} to layers beyond block_count ${layers}: ${refused}`;
      case 'extra-media':
        return `tensor ${quoted(first)}${more} ${isOne ? 'belongs' : 'belong'} to a vision or audio encoder: llama.cpp wants those in an mmproj file and refuses the file`;
      case 'extra':
        return `tensor ${quoted(first)}${more} ${isOne ? 'does' : 'do'} not belong to ${architecture}: ${refused} with 'wrong number of tensors'`;
    }
  },
});

const FUSED = 'attn_qkv.weight';
const APART = ['attn_q.weight', 'attn_k.weight', 'attn_v.weight'];

/** Somebody cut out what is there: no damaged model, but nothing that whole models are asked is asked of it either. */
function* noLayers(
  header: Header,
  { architecture, layers, tensors }: Expectation,
): Generator<Found<UnexpectedTensors>> {
  const names = [...tensors.keys()];
  const [first] = names;
  // Layers whose parts have foreign names are no cut: who wrote them knows what for.
  if (first === undefined || names.some((name) => name.startsWith('blk.'))) return;
  const place: Place = { kind: 'file', offset: 0, length: header.infoEnd };
  yield { place, data: { kind: 'no-layers', architecture, first, count: tensors.size, layers }, severity: 'info' };
}

function* missing(header: Header, expectation: Expectation): Generator<Found<UnexpectedTensors>> {
  const { architecture, layers, tensors } = expectation;
  const place: Place = { kind: 'file', offset: 0, length: header.infoEnd };
  const present = layersOf(header.tensors);
  const absent = Array.from({ length: layers }, (_, layer) => layer).filter((layer) => !present.has(layer));
  if (absent.length > 0) {
    const data = {
      kind: 'missing-layers',
      architecture,
      first: String(absent[0]),
      count: absent.length,
      layers,
    } as const;
    yield { place, data };
  }
  const names: string[] = [];
  for (const { name, layer, expected } of expectedTensors(expectation)) {
    if (expected.isOptional || tensors.has(name) || (layer >= 0 && !present.has(layer))) continue;
    const others = insteadOf(expected.name).map((other) => `blk.${layer}.${other}`);
    if (others.length === 0 || !others.every((other) => tensors.has(other))) names.push(name);
  }
  const [first] = names;
  if (first !== undefined) yield { place, data: { kind: 'missing', architecture, first, count: names.length, layers } };
}

/** Queries, keys and values stand in one tensor or in three, whatever the converter chose. */
function insteadOf(name: string): readonly string[] {
  if (name === FUSED) return APART;
  return APART.includes(name) ? [FUSED] : [];
}

function* extra({ architecture, layout, layers, tensors }: Expectation): Generator<Found<UnexpectedTensors>> {
  const model = new Set(layout.model.map(({ name }) => name));
  const layer = new Set(layout.layer.map(({ name }) => name));
  const byKind = new Map<UnexpectedTensors['kind'], { tensor: TensorInfo; count: number }>();
  for (const tensor of tensors.values()) {
    const kind = kindOfExtra(tensor.name, model, layer, layers);
    if (kind === undefined) continue;
    const known = byKind.get(kind);
    if (known === undefined) byKind.set(kind, { tensor, count: 1 });
    else known.count += 1;
  }
  for (const [kind, { tensor, count }] of byKind) {
    yield { place: tensorPlace(tensor), data: { kind, architecture, first: tensor.name, count, layers } };
  }
}

/** Scales of NVFP4 and FP8 weights stand beside them: `attn_q.scale`, `attn_q.input_scale`. */
const SCALE = /\.(?:input_)?scale$/;

function kindOfExtra(
  name: string,
  model: ReadonlySet<string>,
  layer: ReadonlySet<string>,
  layers: number,
): UnexpectedTensors['kind'] | undefined {
  if (/^(?:v|a|mm)\./.test(name)) return 'extra-media';
  const base = name.replace(SCALE, '.weight');
  const [, digits, rest] = /^blk\.(\d+)\.(.*)$/s.exec(base) ?? [];
  if (digits === undefined || rest === undefined) return model.has(base) ? undefined : 'extra';
  if (Number(digits) >= layers) return 'extra-layers';
  // llama.cpp never asks for blk.007.
  return layer.has(rest) && digits === String(Number(digits)) ? undefined : 'extra';
}

function layersOf(tensors: readonly TensorInfo[]): Set<number> {
  return new Set(tensors.flatMap(({ name }) => (/^blk\.\d+\./.test(name) ? [Number(name.split('.')[1])] : [])));
}
