import { type Header, type TensorInfo, tensorPlace } from '../../gguf/model.js';
import { excerpt, quoted } from '../../gguf/printable.js';
import { defineRule, type Found } from '../check.js';
import { dimensionOf } from './dimensions.js';
import { type ExpectedTensor, expectationOf, expectedTensors } from './expected.js';

/** Tensors whose size in one dimension is not what the keys say. */
interface WrongShape {
  /** The first of them. */
  readonly tensor: string;
  /** Dimensions, fastest first; sizes that may pass 2^53 as text. */
  readonly found: readonly string[];
  readonly expected: readonly number[];
  /** Where the expected size of the first wrong dimension comes from. */
  readonly origin: string;
  /** Tensors with the same fault. */
  count: number;
}

/** Shapes against the hyperparameters. */
export const shape = defineRule<WrongShape>({
  id: 'tensor/shape',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'The shape of a tensor is what the keys of the model say.',
    why: 'llama.cpp computes each shape from the length of embeddings, the heads, the feed-forward length and the number of tokens, and refuses a file with another one: `tensor has wrong shape`. Either the key is wrong or the tensor comes from another model.',
    example: 'llama.embedding_length is 4096 and token_embd.weight has rows of 4097.',
    remedy:
      "Compare key and tensors with the original model's config.json. If only the key is wrong, `ggufix meta set` corrects it; tokens that were added without rows in the embedding need a new conversion.",
    fix: 'None: whether the key or the tensor is wrong is not in the file.',
    sources: ['llama.cpp 0.7.0, src/llama-model-loader.cpp: check_tensor_dims, src/models (measured for each layout)'],
  },
  find: ({ header }) => findWrong(header),
  describe: ({ tensor, found, expected, origin, count }) => {
    const others = count === 1 ? '' : ` (and ${count - 1} more alike)`;
    return `tensor ${quoted(tensor)}${others} is ${found.join(' × ')}, expected ${expected.join(' × ')} from ${excerpt(origin)}: llama.cpp refuses the file`;
  },
});

/** One finding for each cause: where a key is wrong, hundreds of tensors do not fit it. */
function findWrong(header: Header): Found<WrongShape>[] {
  const expectation = expectationOf(header);
  if (expectation?.hasLayers !== true) return [];
  const byCause = new Map<string, Found<WrongShape>>();
  for (const each of expectedTensors(expectation)) {
    const tensor = expectation.tensors.get(each.name);
    const wrong = tensor === undefined ? undefined : judge(header, tensor, each);
    if (wrong === undefined) continue;
    const known = byCause.get(wrong.cause);
    if (known === undefined) byCause.set(wrong.cause, wrong.found);
    else known.data.count += 1;
  }
  return [...byCause.values()];
}

function judge(
  header: Header,
  tensor: TensorInfo,
  { name, layer, expected: { dims } }: ExpectedTensor,
): { cause: string; found: Found<WrongShape> } | undefined {
  if (dims === undefined) return undefined;
  const wanted = dims.map((dim) => dimensionOf(header, dim, layer));
  const sizes = wanted.map(({ size }) => size);
  // A size that no key gives is for the rules on keys.
  if (!sizes.every((size) => size !== undefined)) return undefined;
  const rank = Math.max(sizes.length, tensor.dims.length);
  const at = Array.from({ length: rank }, (_, i) => i).find((i) => BigInt(sizes[i] ?? 1) !== (tensor.dims[i] ?? 1n));
  if (at === undefined) return undefined;
  const origin = wanted[at]?.origin ?? 'the architecture';
  const found = tensor.dims.map(String);
  const data = { tensor: name, found, expected: sizes, origin, count: 1 };
  return { cause: `${origin}\0${sizes[at]}\0${found[at]}`, found: { place: tensorPlace(tensor), data } };
}
