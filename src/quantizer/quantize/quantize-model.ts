import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Companions, companionsOf } from '../../edit/companions.js';
import { withLock } from '../../edit/lock.js';
import { syncFolderOf } from '../../edit/sync.js';
import { requireNewFile, requireSpace } from '../../edit/target.js';
import { GgufError } from '../../errors.js';
import { shardName } from '../../sources/shard-name.js';
import type { WorkerPool } from '../../tensors/pool.js';
import { scanBytes } from '../../tensors/scan/scan-tensors.js';
import type { Engine } from '../engine/engine.js';
import type { EngineJob, KeyOverride } from '../engine/engine-arguments.js';
import { runEngine } from '../engine/run-engine.js';
import type { ResolvedRecipe } from '../recipes/resolved.js';
import { toTensorTypeFile } from '../recipes/tensor-type-file.js';

import { finishOutput } from './finish-output.js';
import { metadataRepairs, repairOverrides } from './metadata-repairs.js';
import { type Model, openModel } from './open-model.js';
import { type StartWork, withProgress } from './progress.js';
import { hashFiles } from './provenance.js';
import { refuseDeviation } from './refuse-deviation.js';
import { refuseNonFinite, refuseQuantized } from './refuse-source.js';
import { verifyOutput } from './verify-output.js';

/** What is to be made, decided to the last tensor. */
export interface QuantizeRequest {
  readonly model: Model;
  /** File to write. With `keepSplit` the name that the shards' names are made from. */
  readonly out: string;
  readonly recipe: ResolvedRecipe;
  readonly imatrix?: string | undefined;
  /** Keys that the result gets besides those of the source. */
  readonly keys: readonly KeyOverride[];
  /** Bytes that the result will have. */
  readonly bytes: number;
  readonly allowRequantize: boolean;
  readonly keepSplit: boolean;
  /** Replace what is there. */
  readonly force: boolean;
  readonly threads: number;
  readonly maxBufferMiB?: number | undefined;
}

/** With what it is made. */
export interface QuantizeContext {
  readonly engine: Engine;
  readonly pool: WorkerPool;
  readonly startWork: StartWork;
  readonly signal?: AbortSignal | undefined;
}

/** What was made. */
export interface QuantizeResult {
  /** The file, or all shards in order. */
  readonly outputs: readonly string[];
  /** What the engine says of its version. */
  readonly engineVersion: string;
  /** SHA-256 of the source, in hex. */
  readonly sourceHash: string;
  readonly seconds: number;
}

/**
 * Makes a quant: refuses a source that cannot give a good one, compares the engine's own plan with ours, runs it into a
 * folder beside the target, verifies, repairs and signs what it wrote, and only then moves it to its place. Whatever
 * happens, nothing is left of a run that failed, and what stood at the target stays until it is replaced whole.
 */
export async function quantizeModel(request: QuantizeRequest, context: QuantizeContext): Promise<QuantizeResult> {
  const started = performance.now();
  const { model, recipe, allowRequantize } = request;
  const outputs = outputsOf(request);
  for (const each of outputs) await requireNewOutput(each, request);
  if (!allowRequantize) refuseQuantized(recipe);
  const target = path.resolve(request.out);
  const companions = companionsOf(target);
  return await withLock(companions.lock, target, async () => {
    await requireSpace(target, request.bytes);
    await scanSource(model, context);
    return await inFolder(companions, async (folder) => {
      const made = await makeIn(folder, request, context);
      for (const each of outputs.toReversed()) await rename(path.join(folder, path.basename(each)), each);
      await syncFolderOf(target);
      return { ...made, outputs, seconds: (performance.now() - started) / 1000 };
    });
  });
}

/** Paths of the result. The first shard is moved last: a set without it is not taken for a model. */
function outputsOf({ out, model, keepSplit }: QuantizeRequest): readonly string[] {
  const target = path.resolve(out);
  if (!keepSplit || model.files.length === 1) return [target];
  const prefix = target.replace(/\.gguf$/, '');
  return model.files.map((_, index) => shardName(prefix, index + 1, model.files.length));
}

async function requireNewOutput(file: string, { model, force }: QuantizeRequest): Promise<void> {
  if (model.files.some(({ source }) => path.resolve(source.path) === file)) {
    throw new GgufError('not-writable', `will not write ${file}: it is the source`, { path: file, why: 'the source' });
  }
  await requireNewFile(file, force);
}

async function scanSource(model: Model, { pool, startWork, signal }: QuantizeContext): Promise<void> {
  const total = model.files.reduce((bytes, { header }) => bytes + scanBytes(header), 0);
  await withProgress(startWork, { label: 'look for bad weights', total, unit: 'bytes' }, async (onProgress) => {
    await refuseNonFinite(model, { pool, signal, onProgress });
  });
}

/** A folder of our own beside the target, on the same file system. One that is there was left by a killed run: we have the lock. */
async function inFolder<T>({ temp }: Companions, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = `${temp}.d`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeIn(folder: string, request: QuantizeRequest, context: QuantizeContext) {
  const { model, recipe } = request;
  const { engine, pool, startWork, signal } = context;
  const job = await jobIn(folder, request);
  const repairs = metadataRepairs(model.header);
  const keyed = { ...job, keys: [...job.keys, ...repairOverrides(model.header, repairs)] };
  const cwd = request.imatrix === undefined ? folder : path.dirname(path.resolve(request.imatrix));
  await refuseDeviation(engine, keyed, recipe, { folder: cwd, signal });
  const [engineVersion, sourceHash] = await bothOrNone(signal, [
    (stop) => quantize(keyed, request, context, cwd, stop),
    (stop) =>
      hashFiles(
        model.files.map(({ source }) => source.path),
        stop,
      ),
  ]);
  for (const { source } of model.files) await source.assertUnchanged();
  await finishOutput(path.join(folder, path.basename(outputsOf(request)[0]!)), sourceHash, signal);
  await using output = await openModel(path.join(folder, path.basename(outputsOf(request)[0]!)), signal);
  const total = output.files.reduce((bytes, { header }) => bytes + scanBytes(header), 0);
  await withProgress(startWork, { label: 'verify', total, unit: 'bytes' }, async (onProgress) => {
    await verifyOutput(output, model, recipe, { pool, signal, onProgress });
  });
  for (const { source } of output.files) await syncFile(source.path);
  return { engineVersion, sourceHash };
}

/** llama-quantize ignores overrides for these: there is one type for all. */
const PLAIN: readonly string[] = ['F32', 'F16', 'BF16'];

async function jobIn(folder: string, request: QuantizeRequest): Promise<EngineJob> {
  const { model, recipe, imatrix, keys, allowRequantize, keepSplit, threads, maxBufferMiB } = request;
  const tensorTypeFile = path.join(folder, 'tensor-types.txt');
  const isMixed = !PLAIN.includes(recipe.fileType);
  if (isMixed) await writeFile(tensorTypeFile, toTensorTypeFile(recipe), { mode: 0o600 });
  return {
    input: path.resolve(model.files[0]!.source.path),
    output: path.join(folder, path.basename(path.resolve(request.out))),
    fileType: recipe.fileType,
    threads,
    dryRun: false,
    // The name becomes a key of the result: a folder's name is nobody's business.
    imatrix: imatrix === undefined ? undefined : path.basename(imatrix),
    tensorTypeFile: isMixed ? tensorTypeFile : undefined,
    keys,
    allowRequantize,
    keepSplit: keepSplit && model.files.length > 1,
    maxBufferMiB,
  };
}

async function quantize(
  job: EngineJob,
  { model, out }: QuantizeRequest,
  { engine, startWork }: QuantizeContext,
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  const sizes = new Map(model.header.tensors.map(({ name, bytes }) => [name, Number(bytes ?? 0n)]));
  const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  let engineVersion = 'unknown';
  await withProgress(startWork, { label: `quantize ${path.basename(out)}`, total, unit: 'bytes' }, async (advance) => {
    let before = 0;
    await runEngine(engine, job, {
      signal,
      folder,
      onEvent: (event) => {
        if (event.kind === 'version') engineVersion = event.version;
        if (event.kind !== 'tensor') return;
        // A tensor is told when work on it begins: the ones before it are done.
        advance(before);
        before = sizes.get(event.name) ?? 0;
      },
    });
    advance(before);
  });
  return engineVersion;
}

/** Runs two works at once; where one fails, stops the other and rejects when both have ended. */
async function bothOrNone<A, B>(
  outer: AbortSignal | undefined,
  [a, b]: readonly [(stop: AbortSignal) => Promise<A>, (stop: AbortSignal) => Promise<B>],
): Promise<[A, B]> {
  const failed = new AbortController();
  const stop = outer === undefined ? failed.signal : AbortSignal.any([outer, failed.signal]);
  const guarded = async <T>(work: (stop: AbortSignal) => Promise<T>): Promise<T> =>
    await work(stop).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    });
  const [first, second] = await Promise.allSettled([guarded(a), guarded(b)]);
  if (failed.signal.aborted) throw failed.signal.reason;
  if (first.status === 'rejected') throw first.reason;
  if (second.status === 'rejected') throw second.reason;
  return [first.value, second.value];
}

async function syncFile(file: string): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.sync();
}
