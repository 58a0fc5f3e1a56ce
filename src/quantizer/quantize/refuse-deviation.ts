import { GgufError } from '../../errors.js';
import { quoted } from '../../gguf/printable.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import { type Engine, engineLabel } from '../engine/engine.js';
import type { EngineJob } from '../engine/engine-arguments.js';
import type { EngineEvent } from '../engine/parse-log.js';
import { runEngine } from '../engine/run-engine.js';
import { compareDryRun } from '../recipes/compare-dry-run.js';
import type { ResolvedRecipe } from '../recipes/resolved.js';

/**
 * Asks the engine what it would do and rejects with `verification-failed` where that is not what the recipe says. An
 * engine that is too old to be asked is believed; its result is verified all the same.
 */
export async function refuseDeviation(
  engine: Engine,
  job: EngineJob,
  recipe: ResolvedRecipe,
  options: { readonly folder: string; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  if (!engine.features.has('dry-run')) return;
  const types = new Map<string, TensorTypeName>();
  const onEvent = (event: EngineEvent): void => {
    if (event.kind === 'tensor') types.set(event.name, event.type);
  };
  await runEngine(engine, { ...job, dryRun: true }, { ...options, onEvent });
  const [first, ...others] = compareDryRun(recipe, types);
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  const what = `${engineLabel(engine)} would make tensor ${quoted(first.name)} ${first.found ?? 'something else'}, planned is ${first.expected}${more}`;
  throw new GgufError('verification-failed', what, { path: job.input, what });
}
