import { homedir } from 'node:os';
import path from 'node:path';
import { nameFilter } from '../gguf/name-filter.js';
import type { TensorTypeName } from '../gguf/tensor-types.js';
import { readImatrix } from '../quantizer/imatrix/imatrix.js';
import type { Budget } from '../quantizer/planner/options.js';
import type { QuantizationPlan } from '../quantizer/planner/plan.js';
import { planQuantization } from '../quantizer/planner/plan-quantization.js';
import type { Model } from '../quantizer/quantize/open-model.js';
import { metadataToPlanFor } from '../quantizer/quantize/prepare.js';
import { isQuantizable } from '../quantizer/recipes/quantizable.js';
import { openFile } from '../sources/file.js';
import { startProgress } from './progress.js';
import type { QuantizeFlags, TensorPin } from './quantize-flags.js';
import type { Terminal } from './terminal.js';
import { packageVersion } from './version.js';

/** Plans types for a size, showing how far it is; what was measured is kept for the next plan of the same model. */
export async function planTypes(
  terminal: Terminal,
  model: Model,
  budget: Budget,
  flags: QuantizeFlags,
): Promise<QuantizationPlan> {
  const name = 'bpw' in budget ? `planned for ${budget.bpw} bpw` : `planned for ${budget.fileBytes} bytes`;
  const { header, files } = model;
  const { planning, imatrix, threads } = flags;
  const known = { version: packageVersion(), imatrix: await imatrixNote(imatrix, terminal) };
  const stages = stageProgress(terminal, flags);
  try {
    return await planQuantization(files[0]?.source.path ?? '', {
      ...planning,
      budget,
      name,
      imatrix,
      threads,
      pins: pinnedTensors(header.tensors.filter(isQuantizable), flags.pins),
      ...metadataToPlanFor(model, name, known),
      cacheFolder: planning.cacheFolder ?? defaultCache(process.env),
      // Whoever names no folder may have none that can be written.
      isCacheOptional: planning.cacheFolder === undefined,
      signal: terminal.signal,
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

async function imatrixNote(file: string | undefined, { signal }: Terminal) {
  if (file === undefined) return undefined;
  await using source = await openFile(file);
  return { path: file, imatrix: await readImatrix(source, signal) };
}

/** Where programs keep what they can make again. */
function defaultCache(env: NodeJS.ProcessEnv): string {
  return path.join(env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'ggufix', 'measurements');
}

/** A bar for each stage of a plan, one after the other. */
function stageProgress(terminal: Terminal, flags: QuantizeFlags) {
  let stage = '';
  let shown: ReturnType<typeof startProgress> | undefined;
  return {
    update(progress: { readonly stage: string; readonly done: number; readonly total: number }): void {
      if (progress.stage !== stage) {
        shown?.end();
        stage = progress.stage;
        const label = stage === 'errors' ? 'measure errors of types' : 'measure sensitivities';
        shown = startProgress(terminal, flags, { label, total: progress.total, unit: 'items' });
      }
      shown?.update(progress.done);
    },
    end: () => shown?.end(),
  };
}
