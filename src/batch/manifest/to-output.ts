import path from 'node:path';
import { parseSize } from '../../config/size.js';
import { MAX_MANIFEST_LABEL } from '../../limits.js';
import type { Making, ManifestOutput } from './manifest.js';
import { nameStem } from './name-stem.js';
import type { OutputObject } from './output-object.js';
import { namedRecipe } from './recipe-names.js';
import { safeName } from './safe-name.js';

/** An output with its defaults filled in. It has exactly one way to be made. */
export function toOutput(output: OutputObject): ManifestOutput {
  const { label, name, tensors, requantize, split, set = {}, existing } = output;
  const making = makingOf(output);
  const isQuantized = making.kind !== 'fix' && making.kind !== 'requantize';
  return {
    making,
    label: label ?? safeName(defaultLabel(output)).slice(0, MAX_MANIFEST_LABEL),
    ...(name === undefined ? {} : { name }),
    tensors: Object.entries(requantize ?? tensors ?? {}).map(([pattern, type]) => ({ pattern, type })),
    imatrix: output.imatrix ?? isQuantized,
    // A repaired file is what it was: there is nothing to hold it against, unless somebody says so.
    evaluate: output.evaluate ?? making.kind !== 'fix',
    allowRequantize: output.allowRequantize ?? false,
    ...(split === undefined ? {} : { splitSize: bytesOf(split) }),
    set,
    ...(existing === undefined ? {} : { existing }),
  };
}

function makingOf({ type, recipe, like, size, bpw, fix, asIs = false, inPlace = false }: OutputObject): Making {
  if (type !== undefined) return { kind: 'type', name: type, asIs };
  if (recipe !== undefined) return { kind: 'recipe', name: recipe };
  if (like !== undefined) return { kind: 'like', source: like };
  if (size !== undefined) return { kind: 'size', bytes: bytesOf(size) };
  if (bpw !== undefined) return { kind: 'bpw', bpw };
  return fix === undefined ? { kind: 'requantize' } : { kind: 'fix', allow: fix, inPlace };
}

function defaultLabel({ type, recipe, like, size, bpw, fix }: OutputObject): string {
  if (type !== undefined) return type;
  if (recipe !== undefined) return namedRecipe(recipe) ?? path.parse(recipe).name;
  if (like !== undefined) return likeLabel(like);
  if (size !== undefined) return `${size}`.replaceAll(' ', '');
  if (bpw !== undefined) return `${bpw}bpw`;
  return fix === undefined ? 'requantized' : 'fixed';
}

function likeLabel(file: string): string {
  const { model, label = model } = nameStem(file);
  return label;
}

/** The schema has seen that it is one. */
function bytesOf(size: number | string): number {
  return parseSize(size) ?? Number.NaN;
}
