import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TensorTypeName } from '../../../../src/gguf/tensor-types.js';
import { parseDryRun } from '../../../../src/quantizer/recipes/compare-dry-run.js';
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
  return parseDryRun(runTool('llama-quantize', ['--dry-run', ...flags, file, type, '1']).err);
}

/** The same, but `undefined` where llama-quantize stops at a row that fits neither the type that it chose nor one in its place. */
export function dryRunOrStop(file: string, type: string): ReadonlyMap<string, TensorTypeName> | undefined {
  const { stderr } = spawnSync('llama-quantize', ['--dry-run', file, type, '1'], { encoding: 'utf8' });
  return stderr.includes('no tensor type fallback is defined for type') ? undefined : parseDryRun(stderr);
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
