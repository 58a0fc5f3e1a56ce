import { takesOverrides } from '../../quantizer/recipes/base-types.js';
import { isQuantizable, QUANTIZABLE_TYPES } from '../../tensors/kernels/supported.js';
import type { TensorTypes } from './manifest.js';
import type { OutputObject } from './output-object.js';

/** The keys that say how an output comes about; each output has one of them. */
export const OUTPUT_KINDS = ['type', 'recipe', 'like', 'size', 'bpw', 'requantize', 'fix'] as const;

/** What is wrong with an output whose keys are right one by one; `undefined` where nothing is. */
export function outputProblem(output: OutputObject): string | undefined {
  const kinds = OUTPUT_KINDS.filter((kind) => output[kind] !== undefined);
  const [kind, second] = kinds;
  if (kind === undefined) return `an output says how it is made, with one of ${OUTPUT_KINDS.join(', ')}`;
  if (second !== undefined) return `an output is made in one way, and this one has ${kinds.join(' and ')}`;
  return idleKey(output, kind) ?? wrongTypes(output);
}

/** Whatever would be without effect: something else was meant. */
function idleKey(output: OutputObject, kind: (typeof OUTPUT_KINDS)[number]): string | undefined {
  const quantizes = kind !== 'requantize' && kind !== 'fix';
  const reasons: readonly (readonly [key: keyof OutputObject, isIdle: boolean, why: string])[] = [
    ['asIs', kind !== 'type', 'is for type'],
    ['inPlace', kind !== 'fix', 'is for fix'],
    ['allowRequantize', !quantizes, 'is for outputs that quantize a whole model'],
    ['tensors', kind === 'requantize', 'belongs into requantize itself'],
    ...(['name', 'split', 'existing', 'evaluate'] as const).map(
      (key) => [key, output.inPlace === true, 'means nothing in place: the model itself is changed'] as const,
    ),
  ];
  const idle = reasons.find(([key, isIdle]) => isIdle && isGiven(output[key]));
  if (idle !== undefined) return `${idle[0]} ${idle[2]}`;
  const readsImatrix = output.imatrix === true && !quantizes;
  return readsImatrix ? 'imatrix is for outputs that quantize a whole model' : undefined;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== false;
}

function wrongTypes({ type, tensors = {}, requantize = {}, fix }: OutputObject): string | undefined {
  if (type !== undefined && !takesOverrides(type) && Object.keys(tensors).length > 0) {
    return `tensors cannot be had with ${type}: llama-quantize makes all tensors of such a file alike`;
  }
  const own: TensorTypes = fix === undefined ? requantize : tensors;
  const wrong = Object.entries(own).find(([, wanted]) => !isQuantizable(wanted));
  if (wrong === undefined) return undefined;
  return `${wrong[0]} cannot become ${wrong[1]}: ggufix itself writes ${QUANTIZABLE_TYPES.join(', ')}`;
}
