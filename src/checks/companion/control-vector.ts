import { fatalProblem, type Header, type TensorInfo, tensorPlace } from '../../gguf/model.js';
import { excerpt, quoted } from '../../gguf/printable.js';
import { defineRule, type Found } from '../check.js';
import { MAX_LAYERS } from '../facts/hyperparameters.js';
import { architectureOf } from '../facts/keys.js';

/** A tensor that is no direction of a layer. */
interface BadDirection {
  readonly tensor: string;
  readonly fault: 'name' | 'layer' | 'shape';
}

/** A control vector whose tensors llama.cpp cannot use, or that make it reserve memory without end. */
export const controlVector = defineRule<BadDirection>({
  id: 'companion/control-vector',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: `The tensors of a control vector are \`direction.1\` to \`direction.${MAX_LAYERS - 1}\`, each one row of F32 of the same length.`,
    why: 'llama.cpp makes room for all layers up to the number in the name: a huge one takes all memory. Other names, types and shapes it refuses.',
    example: '`direction.999999999` in a file of 200 bytes.',
    remedy: 'Make the control vector again with `llama-cvector-generator`.',
    fix: 'None: which layer is meant is unknown.',
    sources: ['ggml-org/llama.cpp, common/common.cpp: common_control_vector_load_one'],
  },
  find: ({ header }) =>
    architectureOf(header) === 'controlvector' && fatalProblem(header) === undefined ? [...badDirections(header)] : [],
  describe: ({ tensor, fault }) =>
    `tensor ${quoted(excerpt(tensor))} ${WORDS[fault]}: llama.cpp ${fault === 'layer' ? 'reserves memory for all layers up to it' : 'refuses the control vector'}`,
});

const WORDS: Readonly<Record<BadDirection['fault'], string>> = {
  name: 'is no direction of a layer',
  layer: `is a direction of a layer that no model has, expected 1 to ${MAX_LAYERS - 1}`,
  shape: 'is not one row of F32 as long as the first one',
};

function* badDirections({ tensors }: Header): Generator<Found<BadDirection>> {
  const length = tensors[0]?.dims[0];
  for (const tensor of tensors) {
    const fault = faultOf(tensor, length);
    if (fault !== undefined) yield { place: tensorPlace(tensor), data: { tensor: tensor.name, fault } };
  }
}

function faultOf({ name, type, dims }: TensorInfo, length: bigint | undefined): BadDirection['fault'] | undefined {
  const layer = /^direction\.(\d+)$/.exec(name)?.[1];
  if (layer === undefined) return 'name';
  if (Number(layer) < 1 || Number(layer) >= MAX_LAYERS) return 'layer';
  const isRow = dims.slice(1).every((dim) => dim === 1n);
  return type === 'F32' && isRow && dims[0] === length ? undefined : 'shape';
}
