import { badOption } from '../../errors.js';
import type { Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { type ModelShape, modelShape } from './model-shape.js';
import { isQuantizable } from './quantizable.js';
import type { Recipe } from './schema.js';
import { tensorRole } from './tensor-class.js';

/** A cloned recipe, fitted to another model. */
export interface Likeness {
  readonly recipe: Recipe;
  /** Tensors of the model that the clone says nothing of. Rules and the base decide about them. */
  readonly unmapped: readonly string[];
  /** Pins of the clone that have no like in the model. */
  readonly unused: readonly string[];
}

type Layers = Pick<ModelShape, 'layers' | 'depth' | 'firstSharedLayer'>;
type Pin = Recipe['pins'][string];

/**
 * Fits a clone to another model of the same architecture. Layers are mapped by position, each part of the model for
 * itself: layers with keys and values of their own, layers that share them, layers that predict further tokens. Where the
 * layer of the same position lacks a tensor of that name, the nearest layer that has one serves. Throws `bad-option` for a
 * recipe that is no clone and for another architecture.
 */
export function applyLike(recipe: Recipe, header: Header): Likeness {
  const from = sourceOf(recipe, header);
  const to = modelShape(header);
  const byKind = groupByKind(recipe.pins);
  const used = new Set<string>();
  const pins: [string, Pin][] = [];
  const unmapped: string[] = [];
  for (const { name } of header.tensors.filter(isQuantizable)) {
    const { layer } = tensorRole(name);
    const candidates = byKind.get(kindOf(name)) ?? [];
    const found = layer === undefined ? candidates[0] : nearest(candidates, mapLayer(layer, to, from), from);
    if (found === undefined) unmapped.push(name);
    else pins.push([name, { type: found.pin.type, why: whyOf(found, name, recipe.name) }]);
    if (found !== undefined) used.add(kindOf(name));
  }
  const unused = Object.keys(recipe.pins).filter((name) => !used.has(kindOf(name)));
  return { recipe: { ...recipe, pins: Object.fromEntries(pins) }, unmapped, unused };
}

function sourceOf({ name, source }: Recipe, header: Header): Layers {
  const { architecture } = modelShape(header);
  if (source !== undefined && source.architecture === architecture) return source;
  throw badOption(
    source === undefined
      ? `recipe ${quoted(name)} does not say what model its pins are of: only a clone can be fitted to another model`
      : `recipe ${quoted(name)} is of a ${quoted(source.architecture)}, and the model is a ${quoted(architecture ?? 'file without architecture')}`,
  );
}

interface Candidate {
  readonly name: string;
  readonly layer: number | undefined;
  readonly pin: Pin;
}

function groupByKind(pins: Recipe['pins']): ReadonlyMap<string, readonly Candidate[]> {
  const kinds = new Map<string, Candidate[]>();
  for (const [name, pin] of Object.entries(pins)) {
    const kind = kindOf(name);
    const group = kinds.get(kind) ?? [];
    group.push({ name, layer: tensorRole(name).layer, pin });
    kinds.set(kind, group);
  }
  return kinds;
}

/** The name without its layer: `blk.*.attn_q.weight`. */
function kindOf(name: string): string {
  return name.replace(/^((?:(?:enc|dec)\.)?blk\.)\d{1,4}\./, '$1*.');
}

/** The layer of the source at the position of one of the model. Models of one shape are mapped layer to layer. */
function mapLayer(layer: number, to: Layers, from: Layers): number {
  const part = partOf(layer, to);
  const [start, end] = partsOf(to)[part];
  const [likeStart, likeEnd] = partsOf(from)[part];
  const [first, after] = likeEnd > likeStart ? [likeStart, likeEnd] : [0, from.depth];
  const steps = Math.max(1, end - start - 1);
  return first + Math.round(((layer - start) * (after - first - 1)) / steps);
}

type Range = readonly [first: number, after: number];

/** Layers with keys and values of their own, those that share them, those that predict further tokens. */
function partsOf({ layers, depth, firstSharedLayer }: Layers): readonly [own: Range, shared: Range, predicting: Range] {
  return [
    [0, firstSharedLayer],
    [firstSharedLayer, depth],
    [depth, layers],
  ];
}

function partOf(layer: number, { depth, firstSharedLayer }: Layers): 0 | 1 | 2 {
  if (layer >= depth) return 2;
  return layer >= firstSharedLayer ? 1 : 0;
}

/** Of equally near layers the earlier one; one of the same part before all others. */
function nearest(candidates: readonly Candidate[], layer: number, from: Layers): Candidate | undefined {
  const part = partOf(layer, from);
  const distance = ({ layer: other = 0 }: Candidate): number => {
    return Math.abs(other - layer) + (partOf(other, from) === part ? 0 : from.layers);
  };
  let best: Candidate | undefined;
  for (const each of candidates) if (best === undefined || distance(each) < distance(best)) best = each;
  return best;
}

function whyOf({ name, pin }: Candidate, target: string, recipe: string): string {
  return pin.why ?? (name === target ? `as in ${recipe}` : `as ${name} in ${recipe}`);
}
