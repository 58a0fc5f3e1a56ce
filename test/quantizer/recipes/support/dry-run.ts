import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TensorTypeName } from '../../../../src/gguf/tensor-types.js';
import { engineLog } from '../../../../src/quantizer/engine/parse-log.js';
import type { ResolvedRecipe } from '../../../../src/quantizer/recipes/resolved.js';
import { toTensorTypeFile } from '../../../../src/quantizer/recipes/tensor-type-file.js';
import { runTool } from '../../../support/llama-tools.js';
import { tempFolder } from '../../../support/temp.js';

/** The types that the real llama-quantize chooses, by tensor name. It reads no weights, so a file with holes will do. */
export function dryRunTypes(
  file: string,
  type: string,
  flags: readonly string[] = [],
): ReadonlyMap<string, TensorTypeName> {
  return typesIn(runTool('llama-quantize', ['--dry-run', ...flags, file, type, '1']).err);
}

/** The same, but `undefined` where llama-quantize stops at a row that fits neither the type that it chose nor one in its place. */
export function dryRunOrStop(file: string, type: string): ReadonlyMap<string, TensorTypeName> | undefined {
  const { stderr } = spawnSync('llama-quantize', ['--dry-run', file, type, '1'], { encoding: 'utf8' });
  return stderr.includes('no tensor type fallback is defined for type') ? undefined : typesIn(stderr);
}

/** The same with the choices of a recipe, as ggufix passes them on. */
export function dryRunRecipe(file: string, resolved: ResolvedRecipe): ReadonlyMap<string, TensorTypeName> {
  return dryRunTypes(file, resolved.fileType, tensorTypeFlags(resolved));
}

/** The flags that hand a recipe over. */
export function tensorTypeFlags(resolved: ResolvedRecipe): readonly string[] {
  const list = path.join(tempFolder(), 'types.txt');
  writeFileSync(list, toTensorTypeFile(resolved));
  return ['--tensor-type-file', list];
}

/** The type that each tensor will have, by name, as a dry run prints it on stderr. */
function typesIn(log: string): ReadonlyMap<string, TensorTypeName> {
  const types = new Map<string, TensorTypeName>();
  const { add } = engineLog((event) => {
    if (event.kind === 'tensor') types.set(event.name, event.type);
  });
  add(log);
  return types;
}
