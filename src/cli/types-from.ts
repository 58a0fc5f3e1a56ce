import type { TypesFrom } from '../quantizer/quantize/choose-types.js';
import type { FlagReader } from './flag-reader.js';

/** Where types come from by `--type`, `--recipe` and `--like`, of which one may be given: a place for each that was. */
export function readTypesFrom(reader: FlagReader): readonly TypesFrom[] {
  const [type, recipe, like] = [reader.text('type'), reader.text('recipe'), reader.text('like')];
  // Not every command that asks for types has it.
  const asIs = reader.isSet('asIs');
  return [
    ...(type === undefined ? [] : [{ kind: 'type', name: type, asIs } as const]),
    ...(recipe === undefined ? [] : [{ kind: 'recipe', name: recipe } as const]),
    ...(like === undefined ? [] : [{ kind: 'like', source: like } as const]),
  ];
}
