import type { TensorTypeName } from '../../gguf/tensor-types.js';
import type { BaseType } from './base-types.js';
import type { ModelShape } from './model-shape.js';

/** What a mixture looks at to choose the type of one tensor. */
export interface Situation {
  /** Tensors of the same kind before it; for feed-forward tensors of models with experts the layer. */
  readonly index: number;
  /** How many of them there are: tensors for attn_v, layers for the feed-forward network. */
  readonly count: number;
  readonly shape: ModelShape;
  readonly hasImatrix: boolean;
}

/** A type, or how to find one; `undefined` is the file type's default. */
type Choice = TensorTypeName | undefined | ((situation: Situation) => TensorTypeName | undefined);

/** What a file type gives to the kinds of tensors that it treats specially. */
export interface Mixture {
  /** The output matrix, and a token embedding that doubles as one. */
  readonly output?: TensorTypeName;
  /** A token embedding that does not. */
  readonly embedding?: TensorTypeName;
  readonly attnV?: Choice;
  readonly attnK?: Choice;
  readonly attnQ?: Choice;
  readonly attnOutput?: Choice;
  readonly ffnDown?: Choice;
  readonly ffnGateUp?: Choice;
}

/** The mixture of a file type for a model's architecture. */
export function mixtureOf(type: BaseType, { architecture }: ModelShape): Mixture {
  const mixture = MIXTURES[type] ?? {};
  return architecture === 'falcon' ? { ...mixture, ...falconOf(type, mixture) } : mixture;
}

/** The type that a choice comes to. */
export function choose(choice: Choice, situation: Situation): TensorTypeName | undefined {
  return typeof choice === 'function' ? choice(situation) : choice;
}

/** File types of some two bits, which have rules of their own for models with eight experts. */
export const COARSE: readonly BaseType[] = ['IQ1_S', 'IQ1_M', 'IQ2_XXS', 'IQ2_XS', 'IQ2_S', 'IQ2_M'];

const firstPart = (parts: number, type: TensorTypeName, rest?: Choice): Choice => {
  return (situation) => (situation.index < Math.floor(situation.count / parts) ? type : choose(rest, situation));
};

const firstEighth = (type: TensorTypeName, rest?: Choice): Choice => firstPart(8, type, rest);

/** The first and the last eighth, and every third between them. */
function hasMoreBits({ index, count }: Situation): boolean {
  const eighth = Math.floor(count / 8);
  return index < eighth || index >= Math.floor((7 * count) / 8) || (index - eighth) % 3 === 2;
}

const moreBits = (type: TensorTypeName, rest?: TensorTypeName): Choice => {
  return (situation) => (hasMoreBits(situation) ? type : rest);
};

const firstTensors = (count: number, type: TensorTypeName, rest?: TensorTypeName): Choice => {
  return ({ index }) => (index < count ? type : rest);
};

/** Where four or more query heads share keys and values, those are a small part of the model. */
const sharedHeads = (type: TensorTypeName, rest?: Choice): Choice => {
  return (situation) => (situation.shape.headsPerKv >= 4 ? type : choose(rest, situation));
};

const manyExperts = (type: TensorTypeName, rest: TensorTypeName): Choice => {
  return ({ shape }) => (shape.headsPerKv >= 4 || shape.experts >= 4 ? type : rest);
};

const withImatrix =
  (choice: Choice): Choice =>
  (situation) =>
    situation.hasImatrix ? choose(choice, situation) : undefined;

const withoutImatrix = (choice: Choice, rest?: TensorTypeName): Choice => {
  return (situation) => (situation.hasImatrix ? rest : choose(choice, situation));
};

const middleLayers = (type: TensorTypeName): Choice => {
  return ({ index, count }) => {
    return index >= Math.floor(count / 8) && index < Math.floor((7 * count) / 8) ? type : undefined;
  };
};

/** IQ3_M gives more to an early layer, and in models of eight experts to as many as Q4_K_M does. */
const earlyOrExpert = (type: TensorTypeName): Choice => {
  return (situation) => {
    const { index, count, shape } = situation;
    return index < Math.floor(count / 8) || (shape.experts === 8 && hasMoreBits(situation)) ? type : undefined;
  };
};

const coarse = (small: TensorTypeName, embedding: TensorTypeName): Mixture => ({
  output: 'Q5_K',
  embedding,
  attnV: manyExperts('Q4_K', small),
  ffnDown: firstEighth(small),
});

/** The rules of `llama_tensor_get_type_impl` in llama.cpp 0.7.0 (src/llama-quant.cpp), by file type. */
const MIXTURES: { readonly [T in BaseType]?: Mixture } = {
  IQ1_S: { ...coarse('Q2_K', 'Q2_K'), attnOutput: 'IQ2_XXS' },
  IQ1_M: { ...coarse('Q2_K', 'Q2_K'), attnOutput: 'IQ2_XXS' },
  IQ2_XXS: coarse('Q2_K', 'Q2_K'),
  IQ2_XS: coarse('Q2_K', 'Q2_K'),
  IQ2_S: { ...coarse('IQ3_S', 'IQ3_S'), attnOutput: 'IQ3_S' },
  IQ2_M: { ...coarse('IQ3_S', 'IQ3_S'), attnOutput: 'IQ3_S' },
  IQ3_XXS: {
    output: 'Q5_K',
    embedding: 'IQ3_S',
    attnV: sharedHeads('Q4_K', withoutImatrix('IQ3_S', 'IQ3_XXS')),
    attnK: 'IQ2_S',
    attnQ: 'IQ2_S',
    attnOutput: 'IQ3_S',
    ffnDown: withoutImatrix(firstEighth('Q4_K', 'Q3_K')),
  },
  IQ3_XS: {
    attnV: sharedHeads('Q4_K'),
    attnK: 'IQ3_XXS',
    attnQ: 'IQ3_XXS',
    ffnGateUp: middleLayers('IQ3_XXS'),
  },
  IQ3_S: { attnV: sharedHeads('Q4_K') },
  IQ3_M: { attnV: 'Q4_K', attnOutput: 'Q4_K', ffnDown: earlyOrExpert('Q4_K') },
  IQ4_NL: { attnV: sharedHeads('Q5_K'), ffnDown: withoutImatrix(firstEighth('Q5_K')) },
  IQ4_XS: { attnV: sharedHeads('Q5_K'), ffnDown: withoutImatrix(firstEighth('Q5_K')) },
  Q2_K: { attnV: sharedHeads('Q4_K', 'Q3_K'), attnOutput: 'Q3_K', ffnDown: 'Q3_K' },
  Q2_K_S: { attnV: sharedHeads('Q4_K'), ffnDown: firstEighth('Q4_K') },
  Q3_K_M: { attnV: firstTensors(2, 'Q5_K', 'Q4_K'), attnOutput: 'Q4_K', ffnDown: firstPart(16, 'Q5_K', 'Q4_K') },
  Q3_K_L: { attnV: 'Q5_K', attnOutput: 'Q5_K', ffnDown: 'Q5_K' },
  Q4_K_S: { attnV: firstTensors(4, 'Q5_K'), ffnDown: firstEighth('Q5_K') },
  Q4_K_M: { attnV: moreBits('Q6_K'), ffnDown: moreBits('Q6_K') },
  Q5_K_M: { attnV: moreBits('Q6_K'), ffnDown: moreBits('Q6_K') },
  Q4_0: { ffnDown: withImatrix(firstEighth('Q4_1')) },
  Q5_0: { ffnDown: withImatrix(firstEighth('Q5_1')) },
  Q8_0: { output: 'Q8_0' },
  TQ1_0: { embedding: 'Q4_K' },
  TQ2_0: { embedding: 'Q4_K' },
  Q2_0: { embedding: 'Q4_K' },
};

const FALCON_FFN_DOWN: { readonly [T in BaseType]?: Choice } = {
  Q3_K_M: firstPart(16, 'Q5_K', moreBits('Q4_K')),
  Q3_K_L: 'Q4_K',
  Q4_K_S: undefined,
  Q4_K_M: firstPart(16, 'Q6_K', moreBits('Q5_K')),
};

function falconOf(type: BaseType, mixture: Mixture): Mixture {
  const ffnDown = type in FALCON_FFN_DOWN ? FALCON_FFN_DOWN[type] : mixture.ffnDown;
  const attnOutput = COARSE.includes(type) ? mixture.attnOutput : type === 'Q3_K_L' ? 'Q4_K' : undefined;
  return { output: 'Q8_0', attnOutput, ffnDown };
}
