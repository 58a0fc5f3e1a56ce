import { type Recipe, type RecipeFile, recipeSchema } from '../schema.js';
import { presetRules } from './rules.js';
import { PRESET_TYPES, type PresetTypes } from './types.js';

/** The presets as recipe files, smallest first. */
export const PRESET_FILES: readonly RecipeFile[] = PRESET_TYPES.map((types) => ({
  name: types.name,
  description: describe(types),
  fileType: types.fileType,
  forAnyModel: true,
  rules: presetRules(types),
}));

/** The presets as recipes. */
export const PRESETS: readonly Recipe[] = PRESET_FILES.map((file) => recipeSchema.parse(file));

/** The preset of this name, in any case. */
export function findPreset(name: string): Recipe | undefined {
  return PRESETS.find((preset) => preset.name.toLowerCase() === name.toLowerCase());
}

function describe({ gateUp, edge }: PresetTypes): string {
  const widths = gateUp === edge ? gateUp : `${gateUp} to ${edge}`;
  return `In the manner of Dynamic 2.0, feed-forward matrices of ${widths}.`;
}
