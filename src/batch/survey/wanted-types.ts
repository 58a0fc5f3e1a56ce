import path from 'node:path';
import type { TypesFrom } from '../../quantizer/quantize/choose-types.js';
import type { WantedQuant } from '../../quantizer/quantize/decide.js';
import type { Making } from '../manifest/manifest.js';
import { namedRecipe } from '../manifest/recipe-names.js';

/** What is made by types that need no measurement. */
export type MakingByTypes = Extract<Making, { kind: 'type' | 'recipe' | 'like' }>;

/** The types of an output, with paths seen from the manifest's folder. */
export function wantedTypes(making: MakingByTypes, folder: string): TypesFrom {
  switch (making.kind) {
    case 'like':
      return { kind: 'like', source: path.resolve(folder, making.source) };
    case 'recipe':
      return { kind: 'recipe', name: namedRecipe(making.name) ?? path.resolve(folder, making.name) };
    case 'type':
      return making;
  }
}

/** As `wantedTypes`, also for what is planned for a size. */
export function wantedQuant(making: Exclude<Making, { kind: 'fix' | 'requantize' }>, folder: string): WantedQuant {
  return making.kind === 'size' || making.kind === 'bpw' ? making : wantedTypes(making, folder);
}
