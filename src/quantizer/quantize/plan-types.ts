import { homedir } from 'node:os';
import path from 'node:path';
import { nameFilter } from '../../gguf/name-filter.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import { openFile } from '../../sources/file.js';
import { readImatrix } from '../imatrix/imatrix.js';
import type { Budget, PlanProgress } from '../planner/options.js';
import type { QuantizationPlan } from '../planner/plan.js';
import { planQuantization } from '../planner/plan-quantization.js';
import { isQuantizable } from '../recipes/quantizable.js';
import type { DecideContext, DecideRequest, TensorPin } from './decide.js';
import type { Model } from './open-model.js';
import { metadataToPlanFor } from './prepare.js';
import type { StartWork } from './progress.js';

/** Plans types for a size, showing how far it is; what was measured is kept for the next plan of the same model. */
export async function planTypes(
  model: Model,
  budget: Budget,
  { planning, imatrix, threads, version, edits = [], ...request }: DecideRequest,
  { signal, startWork }: DecideContext,
): Promise<QuantizationPlan> {
  const name = 'bpw' in budget ? `planned for ${budget.bpw} bpw` : `planned for ${budget.fileBytes} bytes`;
  const { header, files } = model;
  const known = { version, edits, imatrix: await imatrixNote(imatrix, signal) };
  const stages = stageProgress(startWork);
  try {
    return await planQuantization(files[0].source.path, {
      ...planning,
      budget,
      name,
      imatrix,
      threads,
      pins: pinnedTensors(header.tensors.filter(isQuantizable), request.pins),
      ...metadataToPlanFor(model, name, known),
      cacheFolder: planning.cacheFolder ?? defaultCache(process.env),
      // Whoever names no folder may have none that can be written.
      isCacheOptional: planning.cacheFolder === undefined,
      signal,
      onProgress: stages.update,
    });
  } finally {
    stages.end();
  }
}

function pinnedTensors(
  tensors: readonly { readonly name: string }[],
  pins: readonly TensorPin[],
): Readonly<Record<string, TensorTypeName>> {
  const pairs = pins.flatMap(({ pattern, type }) => {
    const isMeant = nameFilter([pattern]);
    return tensors.filter(({ name }) => isMeant(name)).map(({ name }) => [name, type] as const);
  });
  return Object.fromEntries(pairs);
}

async function imatrixNote(file: string | undefined, signal: AbortSignal | undefined) {
  if (file === undefined) return undefined;
  await using source = await openFile(file);
  return { path: file, imatrix: await readImatrix(source, signal) };
}

/** Where programs keep what they can make again. */
function defaultCache(env: NodeJS.ProcessEnv): string {
  return path.join(env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'ggufix', 'measurements');
}

/** A display for each stage of a plan, one after the other. */
function stageProgress(startWork: StartWork | undefined) {
  let stage = '';
  let shown: ReturnType<StartWork> | undefined;
  return {
    update(progress: PlanProgress): void {
      if (progress.stage !== stage) {
        shown?.end();
        stage = progress.stage;
        const label = stage === 'errors' ? 'measure errors of types' : 'measure sensitivities';
        shown = startWork?.({ label, total: progress.total, unit: 'items' });
      }
      shown?.update(progress.done);
    },
    end: () => shown?.end(),
  };
}
