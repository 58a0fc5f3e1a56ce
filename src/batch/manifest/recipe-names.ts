import { BASE_TYPES, parseBaseType, takesOverrides } from '../../quantizer/recipes/base-types.js';
import { PRESET_TYPES } from '../../quantizer/recipes/presets/types.js';

const PRESET_NAMES = PRESET_TYPES.map(({ name }) => name);

/** Recipes that have a name and need no file: presets, and the mixtures of llama-quantize. */
export const RECIPE_NAMES: readonly string[] = [
  ...PRESET_NAMES,
  ...Object.keys(BASE_TYPES).filter((name) => isMixture(name)),
];

/** The recipe of this name as it is spelt, in any case; `undefined` for what can only be a file. */
export function namedRecipe(name: string): string | undefined {
  const preset = PRESET_NAMES.find((known) => known.toLowerCase() === name.toLowerCase());
  return preset ?? (isMixture(name) ? parseBaseType(name) : undefined);
}

function isMixture(name: string): boolean {
  const type = parseBaseType(name);
  return type !== undefined && takesOverrides(type);
}
