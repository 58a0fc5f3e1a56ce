import path from 'node:path';
import { type ConfigFinder, openConfigs } from '../config/open-configs.js';
import { type EvidenceTools, evidenceTools } from '../evidence/tools.js';
import { type Engine, engineLabel } from '../quantizer/engine/engine.js';
import { askEngineVersion } from '../quantizer/engine/engine-version.js';
import { findEngine } from '../quantizer/engine/find-engine.js';
import { openPerplexity } from '../quantizer/evaluate/perplexity.js';
import { openImatrixTool } from '../quantizer/imatrix/open-tool.js';
import type { LlamaTool } from '../quantizer/process/llama-tool.js';
import type { Manifest, ManifestModel, ManifestOutput } from './manifest/manifest.js';
import type { ReadManifest } from './manifest/read.js';

/** The programs that a batch needs and what its files share; closed with the run. */
export interface BatchTools extends AsyncDisposable {
  readonly engine?: { readonly engine: Engine; readonly version: string };
  readonly imatrix?: LlamaTool;
  readonly perplexity?: LlamaTool;
  readonly evidence: EvidenceTools;
  /** Configs that checks go by. */
  readonly configs: ConfigFinder;
}

/** What they are found with. */
export interface ToolSearch {
  /** `auto`, `embedded`, or the path of a llama-quantize. */
  readonly engine: string;
  readonly threads: number | undefined;
  readonly signal: AbortSignal;
}

/** Finds the programs that a manifest needs. Rejects with `unavailable` where one is missing: better now than after hours. */
export async function openTools(
  { settings, folder }: ReadManifest,
  { engine: wanted, threads, signal }: ToolSearch,
): Promise<BatchTools> {
  const { isQuantizing, isMaking, isMeasuring } = needsOf(settings);
  const engine = isQuantizing ? await findEngine({ wanted, env: process.env, signal }) : undefined;
  const version = engine === undefined ? '' : await askEngineVersion(engine, signal);
  const imatrix = isMaking ? await openImatrixTool(undefined, signal) : undefined;
  const perplexity = isMeasuring ? await openPerplexity(undefined, signal) : undefined;
  const config = settings.check === false ? undefined : settings.check.config;
  const configs = await openConfigs(typeof config === 'string' ? path.resolve(folder, config) : config);
  const evidence = evidenceTools({ threads });
  return {
    ...(engine === undefined ? {} : { engine: { engine, version } }),
    ...(imatrix === undefined ? {} : { imatrix }),
    ...(perplexity === undefined ? {} : { perplexity }),
    evidence,
    configs,
    [Symbol.asyncDispose]: () => evidence[Symbol.asyncDispose](),
  };
}

/** How an engine is called in results: `llama-quantize 0.7.0 (build 11669)`. */
export function engineName({ engine, version }: NonNullable<BatchTools['engine']>): string {
  return `${engine.kind === 'embedded' ? engineLabel(engine) : engine.kind} ${version}`;
}

/** What a manifest makes use of. Pure. */
export function needsOf(settings: Manifest): {
  readonly isQuantizing: boolean;
  readonly isMaking: boolean;
  readonly isMeasuring: boolean;
} {
  const used = settings.models.map((model) => ({ model, outputs: model.outputs ?? settings.outputs }));
  const some = (test: (output: ManifestOutput, model: ManifestModel) => boolean): boolean =>
    used.some(({ model, outputs }) => outputs.some((output) => test(output, model)));
  return {
    isQuantizing: some(({ making }) => making.kind !== 'fix' && making.kind !== 'requantize'),
    isMaking: some((output, model) => {
      const imatrix = model.imatrix ?? settings.imatrix;
      return output.imatrix && typeof imatrix === 'object' && 'text' in imatrix;
    }),
    isMeasuring: some((output, model) => output.evaluate && (model.evaluate ?? settings.evaluate ?? false) !== false),
  };
}
