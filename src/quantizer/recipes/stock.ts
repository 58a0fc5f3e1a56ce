import type { Header, TensorInfo } from '../../gguf/model.js';
import { blockWeights, type TensorTypeName } from '../../gguf/tensor-types.js';
import { BASE_TYPES, type BaseType, takesOverrides } from './base-types.js';
import { COARSE, choose, type Mixture, mixtureOf, type Situation } from './mixtures.js';
import { is70B, type ModelShape, modelShape } from './model-shape.js';
import { isQuantizable } from './quantizable.js';
import type { ResolvedRecipe } from './resolved.js';
import { fittingType } from './shape-fallback.js';
import { inQuantizingOrder, isFeedForward, type Kind, kindOf } from './stock-kind.js';
import { tensorRole } from './tensor-class.js';

/** What llama-quantize's own choice of types depends on, besides file type and model. */
export interface StockOptions {
  /** Whether it is given an importance matrix. */
  readonly imatrix?: boolean;
}

/**
 * The types that llama-quantize 0.7.0 itself chooses for a file type, as a recipe that is complete: no override shifts its
 * counters. Equal to what `--dry-run` prints, except where llama-quantize stops because it knows no type for a row's
 * length: there it is F16.
 */
export function resolveStock(type: BaseType, header: Header, options: StockOptions = {}): ResolvedRecipe {
  const types = stockTypes(type, header, options);
  const choices = header.tensors.filter(isQuantizable).map((tensor) => {
    const wanted = types.get(tensor.name) ?? BASE_TYPES[type];
    return { tensor, type: fittingType(wanted, tensor.dims[0] ?? 1n), why: `as in stock ${type}` };
  });
  return { name: type, fileType: type, choices };
}

/** The type that the mixture wants for each quantizable tensor, before rows that do not fit are looked at. */
export function stockTypes(
  type: BaseType,
  header: Header,
  { imatrix = false }: StockOptions = {},
): ReadonlyMap<string, TensorTypeName> {
  const shape = modelShape(header);
  const kinds = header.tensors.map(({ name }) => kindOf(name, shape));
  const valueCount = kinds.filter((kind) => kind === 'attnV').length;
  const seen = new Map<Kind, number>();
  const types = new Map<string, TensorTypeName>();
  for (const tensor of [...header.tensors].filter(isQuantizable).sort(inQuantizingOrder)) {
    const kind = kindOf(tensor.name, shape);
    const before = seen.get(kind) ?? 0;
    seen.set(kind, before + 1);
    const index = isFeedForward(kind) && shape.experts > 1 ? (tensorRole(tensor.name).layer ?? before) : before;
    // In files of some two bits the layer is always counted, never read from the name.
    const counted = COARSE.includes(type) ? before : index;
    const situation = {
      index: counted,
      count: kind === 'attnV' ? valueCount : shape.layers,
      shape,
      hasImatrix: imatrix,
    };
    types.set(tensor.name, wantedType(type, tensor, kind, situation));
  }
  return types;
}

function wantedType(type: BaseType, tensor: TensorInfo, kind: Kind, situation: Situation): TensorTypeName {
  const plain = BASE_TYPES[type];
  if (!takesOverrides(type)) return plain;
  const { shape } = situation;
  const mixture = mixtureOf(type, shape);
  if (kind === 'output') return outputType(type, tensor, mixture);
  if (type === 'MXFP4_MOE') return isExpertMatrix(tensor, kind, shape) ? 'MXFP4' : 'Q8_0';
  if (kind === 'embedding') return mixture.embedding ?? plain;
  const ofEight = shape.experts === 8 ? typeOfEight(type, kind) : undefined;
  const chosen = ofEight ?? choose(choiceOf(mixture, kind), situation) ?? plain;
  const isRaised = kind === 'attnV' && is70B(shape) && !COARSE.includes(type);
  return isRaised && (chosen === 'Q3_K' || chosen === 'Q4_K') ? 'Q5_K' : chosen;
}

function outputType(type: BaseType, { dims }: TensorInfo, mixture: Mixture): TensorTypeName {
  const isWhole = (dims[0] ?? 1n) % BigInt(blockWeights(BASE_TYPES[type])) === 0n;
  return type === 'MXFP4_MOE' || !isWhole ? 'Q8_0' : (mixture.output ?? 'Q6_K');
}

/** Latent attention has matrices of three dimensions too, which only this architecture tells from experts. */
function isExpertMatrix({ dims }: TensorInfo, kind: Kind, { architecture }: ModelShape): boolean {
  return (dims[2] ?? 1n) > 1n && (architecture !== 'bailingmoe3' || isFeedForward(kind));
}

function choiceOf(mixture: Mixture, kind: Exclude<Kind, 'output' | 'embedding'>): Mixture['attnV'] {
  if (kind === 'other') return undefined;
  return kind === 'ffnUp' || kind === 'ffnGate' ? mixture.ffnGateUp : mixture[kind];
}

/** In models of eight experts, attention is a small part of the whole. */
function typeOfEight(type: BaseType, kind: Kind): TensorTypeName | undefined {
  const isCoarse = COARSE.includes(type);
  if (kind === 'attnK') return isCoarse ? 'Q4_K' : 'Q8_0';
  if (kind === 'attnV') return isCoarse ? undefined : 'Q8_0';
  if (kind !== 'attnOutput') return undefined;
  return isCoarse || RAISED_OUTPUT.includes(type) ? 'Q5_K' : BASE_TYPES[type];
}

const RAISED_OUTPUT: readonly BaseType[] = [
  ...(['Q2_K', 'Q3_K_S', 'Q3_K_M', 'Q4_K_S', 'Q4_K_M'] as const),
  ...(['IQ3_XXS', 'IQ3_XS', 'IQ3_S', 'IQ3_M', 'IQ4_NL', 'IQ4_XS'] as const),
];
