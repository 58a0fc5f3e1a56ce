import { GgufError } from '../../errors.js';
import type { Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { isQuantizable } from './quantizable.js';
import type { Recipe } from './schema.js';

/** Throws `bad-option`, naming them, for pins of tensors that the model lacks or whose type llama-quantize never changes. */
export function refusePins({ pins }: Recipe, { tensors }: Header): void {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const problems = Object.keys(pins).flatMap((name) => {
    const tensor = byName.get(name);
    if (tensor === undefined) return [`pin ${quoted(name)}: the model has no such tensor`];
    return isQuantizable(tensor) ? [] : [`pin ${quoted(name)}: llama-quantize never changes the type of this tensor`];
  });
  if (problems.length > 0) throw new GgufError('bad-option', problems.slice(0, MAX_SHOWN).join('\n'), { problems });
}

/** A recipe for another model has hundreds of wrong pins. */
const MAX_SHOWN = 20;
