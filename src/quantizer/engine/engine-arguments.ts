import { GgufError } from '../../errors.js';
import { type Engine, type EngineFeature, engineLabel } from './engine.js';
import { MAX_OVERRIDE_BYTES } from './override-text.js';

/** A key that the output gets. llama-quantize writes `int` as a u32, and at most 127 bytes of a string. */
export interface KeyOverride {
  readonly key: string;
  readonly type: 'int' | 'float' | 'bool' | 'str';
  readonly value: string;
}

/** One run of an engine. Paths are absolute, or do not begin with a dash. */
export interface EngineJob {
  readonly input: string;
  /** Not used by a dry run. With `keepSplit` the name that the shards' names are made from. */
  readonly output: string;
  /** Name of the file type, as in `general.file_type`. */
  readonly fileType: string;
  readonly threads: number;
  readonly dryRun: boolean;
  readonly imatrix?: string | undefined;
  /** Path of a file with a `PATTERN=TYPE` a line. */
  readonly tensorTypeFile?: string | undefined;
  readonly keys: readonly KeyOverride[];
  readonly allowRequantize: boolean;
  readonly keepSplit: boolean;
  readonly maxBufferMiB?: number | undefined;
}

/**
 * llama-quantize's arguments for a job. Pure. Throws `unavailable` where the engine is too old for it, `bad-value` for a
 * key or value that its command line cannot carry.
 */
export function engineArguments(engine: Engine, job: EngineJob): string[] {
  for (const [feature, isNeeded] of neededFeatures(job)) if (isNeeded) requireFeature(engine, feature);
  return [
    ...(job.allowRequantize ? ['--allow-requantize'] : []),
    ...(job.keepSplit ? ['--keep-split'] : []),
    ...(job.dryRun ? ['--dry-run'] : []),
    ...(job.imatrix === undefined ? [] : ['--imatrix', job.imatrix]),
    ...(job.tensorTypeFile === undefined ? [] : ['--tensor-type-file', job.tensorTypeFile]),
    ...(job.maxBufferMiB === undefined ? [] : ['--max-buffer-size', String(job.maxBufferMiB)]),
    ...job.keys.flatMap((override) => ['--override-kv', overrideText(override)]),
    ...(job.dryRun ? [job.input] : [job.input, job.output]),
    job.fileType,
    String(job.threads),
  ];
}

function neededFeatures(job: EngineJob): readonly (readonly [EngineFeature, boolean])[] {
  return [
    ['dry-run', job.dryRun],
    ['keep-split', job.keepSplit],
    ['tensor-type-file', job.tensorTypeFile !== undefined],
    ['override-kv', job.keys.length > 0],
    ['max-buffer-size', job.maxBufferMiB !== undefined],
  ];
}

function requireFeature(engine: Engine, feature: EngineFeature): void {
  if (engine.features.has(feature)) return;
  const what = `${engineLabel(engine)} is too old: it knows no --${feature}`;
  throw new GgufError('unavailable', `${what}; use a newer one, or --engine embedded`, { what });
}

function overrideText({ key, type, value }: KeyOverride): string {
  const isTooLong = Buffer.byteLength(key) > MAX_OVERRIDE_BYTES || Buffer.byteLength(value) > MAX_OVERRIDE_BYTES;
  if (key === '' || key.includes('=') || isTooLong || `${key}${value}`.includes('\0')) {
    throw new GgufError('bad-value', `llama-quantize cannot set ${key} to '${value}'`, {
      what: key,
      found: value,
      expected: `a key without = and a value, of at most ${MAX_OVERRIDE_BYTES} bytes`,
    });
  }
  return `${key}=${type}:${value}`;
}
