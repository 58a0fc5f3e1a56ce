import path from 'node:path';
import type { Header } from '../../gguf/model.js';
import { MAX_RECIPE_TEXT } from '../../limits.js';
import { modelShape } from '../recipes/model-shape.js';
import type { PlanNote } from '../recipes/plan-note.js';
import type { ResolvedRecipe } from '../recipes/resolved.js';
import type { RecipeFile } from '../recipes/schema.js';
import { ggmlTypeName } from '../recipes/target-types.js';

/** What a quant was made of and with. */
export type Provenance = NonNullable<RecipeFile['provenance']>;

/** What a sidecar is written of. */
export interface SidecarParts {
  readonly recipe: ResolvedRecipe;
  /** Of the whole model. */
  readonly header: Header;
  /** The file that it stands beside. */
  readonly output: string;
  readonly provenance: Provenance;
  readonly plan?: PlanNote | undefined;
}

/** Path of the sidecar of an output: `model-Q4_K_M.recipe.json` beside `model-Q4_K_M.gguf`. */
export function sidecarPath(output: string): string {
  return `${output.replace(/\.gguf$/i, '')}.recipe.json`;
}

/** The recipe of an output with every tensor pinned, as a recipe file that makes the same again, also of a like model. */
export function sidecarFile({ recipe, header, output, provenance, plan }: SidecarParts): RecipeFile {
  const { architecture, layers, depth, firstSharedLayer } = modelShape(header);
  const isKnown = architecture !== undefined && layers > 0;
  const pins = recipe.choices.map(
    ({ tensor, type, why }) => [tensor.name, { type: ggmlTypeName(type), why: why.slice(0, MAX_RECIPE_TEXT) }] as const,
  );
  return {
    name: recipe.name,
    description: `What ${path.basename(output)} was made by: a type for every tensor that llama-quantize quantizes.`,
    fileType: recipe.fileType,
    pins: Object.fromEntries(pins),
    ...(isKnown ? { source: { architecture, layers, depth, firstSharedLayer } } : {}),
    ...(plan === undefined ? {} : { plan }),
    provenance,
  };
}
