import type { Edit, TensorOrigin } from '../edit/edits.js';
import { badOption, GgufError } from '../errors.js';
import { findEntry, findTensor, type Header, type TensorInfo, tensorExtent } from '../gguf/model.js';
import { bitsPerWeight, blockWeights, type TensorTypeName } from '../gguf/tensor-types.js';
import { isDequantizable } from '../tensors/kernels/supported.js';
import type { Fix, FixChoices } from './check.js';

/** The table of per-layer token embeddings of Gemma 3n and Gemma 4. */
export const PER_LAYER_EMBEDDING = 'per_layer_token_embd.weight';

/** Types that every GPU code of Ollama looks rows up in, most bits first. */
export const READABLE_TYPES: readonly TensorTypeName[] = ['F32', 'F16', 'Q8_0', 'Q5_1', 'Q5_0', 'Q4_1', 'Q4_0'];

/** What publishers choose: the first row whose bound the present bits per weight stay below, if it has as many. */
const AUTO_TARGETS: readonly { readonly below: number; readonly to: TensorTypeName }[] = [
  { below: 4, to: 'Q4_0' },
  { below: 5, to: 'Q5_1' },
  { below: Number.POSITIVE_INFINITY, to: 'Q8_0' },
  { below: Number.POSITIVE_INFINITY, to: 'F16' },
  { below: Number.POSITIVE_INFINITY, to: 'F32' },
];

/** The type that `auto` writes weights of a type as: one of `READABLE_TYPES` with at least the present bits. */
export function autoTarget(present: TensorTypeName): TensorTypeName | undefined {
  const bits = bitsPerWeight(present);
  return AUTO_TARGETS.find(({ below, to }) => bits < below && bits <= bitsPerWeight(to))?.to;
}

/**
 * How to write the table in a readable type. A `manual` fix says what is in the way. Throws `bad-option` or
 * `not-found` where the chosen type or file cannot serve.
 */
export function planRequantize(header: Header, choices: FixChoices): Fix | undefined {
  const tensor = findTensor(header, PER_LAYER_EMBEDDING);
  if (tensor?.type === undefined) return undefined;
  const present = tensor.type;
  const origin = choices.from === undefined ? undefined : tensorOrigin(tensor, present, choices.from);
  const target = chosenTarget(choices) ?? autoTarget(present);
  if (target === undefined) return { safety: 'manual', title: NO_TARGET, edits: [] };
  const obstacle = obstacleTo(tensor, origin?.type ?? present, target);
  if (obstacle !== undefined) return { safety: 'manual', title: obstacle, edits: [] };
  return {
    safety: bitsPerWeight(target) >= bitsPerWeight(present) ? 'safe' : 'unsafe',
    title: titleOf(present, target, origin),
    edits: [retype(target, origin), ...quantizationVersion(header, target)],
  };
}

/**
 * Where the same tensor stands in another file. Throws `not-found` or `bad-option` unless it is there whole, with the
 * same shape, in a type that ggufix reads and that has at least as many bits as the present one.
 */
export function tensorOrigin(
  tensor: TensorInfo,
  present: TensorTypeName,
  from: NonNullable<FixChoices['from']>,
): TensorOrigin {
  const { path, header, identity } = from;
  const { name } = tensor;
  const found = findTensor(header, name);
  if (found === undefined) {
    throw new GgufError('not-found', `there is no tensor '${name}' in ${path}`, { kind: 'tensor', name });
  }
  const what = `tensor '${name}' in ${path}`;
  const { type } = found;
  const extent = tensorExtent(header, found);
  if (shapeText(found) !== shapeText(tensor))
    throw badOption(`${what} is ${shapeText(found)}, expected ${shapeText(tensor)}`);
  if (type === undefined || !isDequantizable(type)) throw badOption(`${what} has a type that ggufix cannot read`);
  if (bitsPerWeight(type) < bitsPerWeight(present))
    throw badOption(`${what} is ${type}, which has fewer bits than ${present}`);
  if (extent === undefined) throw badOption(`${what} is cut off`);
  return { path, offset: extent.offset, type, ...(identity === undefined ? {} : { identity }) };
}

/** Adds the version of the quantized types, which the specification wants in every file that has some. */
export function quantizationVersion(header: Header, target: TensorTypeName): Edit[] {
  const key = 'general.quantization_version';
  if (blockWeights(target) === 1 || findEntry(header, key) !== undefined) return [];
  return [{ op: 'set-metadata', key, value: { type: 'uint32', value: 2 } }];
}

function chosenTarget({ types }: FixChoices): TensorTypeName | undefined {
  const chosen = types.get(PER_LAYER_EMBEDDING);
  if (chosen === undefined || READABLE_TYPES.includes(chosen)) return chosen;
  throw badOption(`${PER_LAYER_EMBEDDING} must not become ${chosen}, expected one of ${READABLE_TYPES.join(', ')}`);
}

const NO_TARGET = `Choose a type for ${PER_LAYER_EMBEDDING} with --type: no readable one has as many bits as now`;

function obstacleTo(tensor: TensorInfo, source: TensorTypeName, target: TensorTypeName): string | undefined {
  if (!isDequantizable(source)) {
    return `Take ${PER_LAYER_EMBEDDING} from another file with --from: ggufix cannot read ${source} weights`;
  }
  const row = tensor.dims[0] ?? 1n;
  const block = blockWeights(target);
  if (row % BigInt(block) === 0n) return undefined;
  return `Choose another type for ${PER_LAYER_EMBEDDING} with --type: its rows have ${row} weights, ${target} needs a multiple of ${block}`;
}

function titleOf(present: TensorTypeName, target: TensorTypeName, origin: TensorOrigin | undefined): string {
  const verb = blockWeights(target) === 1 ? 'Convert' : 'Requantize';
  const source = origin === undefined ? '' : `, with the ${origin.type} weights of ${origin.path}`;
  return `${verb} ${PER_LAYER_EMBEDDING} from ${present} to ${target}${source}`;
}

function retype(to: TensorTypeName, origin: TensorOrigin | undefined): Edit {
  return { op: 'retype-tensor', name: PER_LAYER_EMBEDDING, to, ...(origin === undefined ? {} : { origin }) };
}

function shapeText({ dims }: TensorInfo): string {
  return `[${dims.join(', ')}]`;
}
