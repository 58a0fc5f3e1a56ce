import { numberOf } from '../../checks/facts/keys.js';
import { dominatingType } from '../../checks/facts/mix.js';
import { badOption } from '../../errors.js';
import { fileTypeName } from '../../gguf/file-types.js';
import type { Header, TensorInfo } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { blockWeights, tensorTypeLabel } from '../../gguf/tensor-types.js';
import { type BaseType, parseBaseType, takesOverrides } from './base-types.js';
import { modelShape } from './model-shape.js';
import { isQuantizable } from './quantizable.js';
import type { Recipe } from './schema.js';
import { TARGET_TYPES } from './target-types.js';

/** A recipe read off a file. */
export interface Clone {
  readonly recipe: Recipe;
  /** Tensors whose types llama-quantize cannot give them: sentences for people. */
  readonly notes: readonly string[];
}

/**
 * The recipe that a model was made by, as far as its header says: a pin for each tensor that llama-quantize quantizes.
 * Throws `bad-option` for a file without quantized tensors.
 */
export function cloneRecipe(header: Header, name: string): Clone {
  const { architecture, layers, depth, firstSharedLayer } = modelShape(header);
  const isKnown = architecture !== undefined && layers > 0;
  const pins = header.tensors.filter(isQuantizable).flatMap(({ name: tensor, type }) => {
    return type !== undefined && TARGET_TYPES.includes(type) ? [[tensor, { type }] as const] : [];
  });
  const recipe: Recipe = {
    name,
    description: 'Read off a file: the type of every tensor that llama-quantize quantizes.',
    fileType: baseOf(header, name),
    rules: [],
    pins: Object.fromEntries(pins),
    ties: [],
    ...(isKnown ? { source: { architecture, layers, depth, firstSharedLayer } } : {}),
  };
  return { recipe, notes: header.tensors.flatMap(noteOn) };
}

/** The file type that the file claims; one that overrides cannot be given for, or none, is guessed from the tensors. */
function baseOf(header: Header, name: string): BaseType {
  const claimed = fileTypeName(numberOf(header, 'general.file_type') ?? Number.NaN);
  const base = claimed === undefined ? undefined : parseBaseType(claimed);
  const isQuantized = header.tensors.some(({ type }) => type !== undefined && blockWeights(type) > 1);
  if (!isQuantized) {
    throw badOption(`${quoted(name)} has no quantized tensors: there is no recipe to read off`);
  }
  return base !== undefined && takesOverrides(base) ? base : guessBase(header);
}

/** The base counts only as a label here, since all tensors are pinned. */
function guessBase(header: Header): BaseType {
  const quantized = header.tensors.filter(({ type }) => type !== undefined && blockWeights(type) > 1);
  const type = dominatingType({ ...header, tensors: quantized });
  return parseBaseType(type === 'MXFP4' ? 'MXFP4_MOE' : (type ?? '')) ?? 'Q8_0';
}

function noteOn(tensor: TensorInfo): string[] {
  const { name, type, typeId } = tensor;
  const isPlain = type !== undefined && blockWeights(type) === 1;
  const here = `${quoted(name)} is ${tensorTypeLabel(typeId)} here`;
  if (isQuantizable(tensor)) {
    const isMade = type !== undefined && TARGET_TYPES.includes(type);
    return isMade ? [] : [`${here}, which llama-quantize cannot make`];
  }
  return isPlain ? [] : [`${here}, but llama-quantize keeps it as it is in the source`];
}
