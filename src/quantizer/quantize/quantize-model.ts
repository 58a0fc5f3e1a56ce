import { open, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { companionsOf } from '../../edit/companions.js';
import { refuseJournal } from '../../edit/find-journal.js';
import { withLock } from '../../edit/lock.js';
import { publish } from '../../edit/publish.js';
import { requireSpace } from '../../edit/target.js';
import { withTempFolder } from '../../edit/temp-folder.js';
import { GgufError } from '../../errors.js';
import { scanBytes } from '../../tensors/scan/scan-tensors.js';
import { engineLabel } from '../engine/engine.js';
import { placeJob } from './engine-job.js';
import { finishOutput } from './finish-output.js';
import { type Model, openModel } from './open-model.js';
import { outputFiles, requireNewOutputs } from './output-files.js';
import type { Preparation } from './prepare.js';
import { withProgress } from './progress.js';
import { refuseBroken, refuseNonFinite, refuseQuantized } from './refuse-source.js';
import type { QuantizeContext, QuantizeRequest, QuantizeResult } from './request.js';
import { runAndRead } from './run-and-read.js';
import { sidecarPath } from './sidecar.js';
import { hasSidecar, sidecarText } from './sidecar-text.js';
import { verifySizes, verifyTensors } from './verify-output.js';

/**
 * Makes a quant: refuses a source that cannot give a good one, compares the engine's own plan with ours, runs it into a
 * folder beside the target, verifies, repairs and signs what it wrote, and only then moves it to its place. Whatever
 * happens, nothing is left of a run that failed, and what stood at the target stays until it is replaced whole.
 */
export async function quantizeModel(request: QuantizeRequest, context: QuantizeContext): Promise<QuantizeResult> {
  const started = performance.now();
  const { model, recipe, preparation, force } = request;
  const shards = preparation.written.length;
  const sidecar = request.sidecar && hasSidecar(recipe.fileType);
  const results = await requireNewOutputs({ out: request.out, shards, sidecar, inputs: inputsOf(request), force });
  refuseBroken(model);
  for (const { source } of model.files) await refuseJournal(source.path);
  if (!request.allowRequantize) refuseQuantized(recipe);
  const target = path.resolve(request.out);
  const { lock, temp } = companionsOf(target);
  return await withLock(lock, target, async () => {
    await requireSpace(target, bytesNeeded(preparation));
    return await withTempFolder(temp, async (folder) => {
      const { files, ...made } = await makeIn(folder, request, context);
      const moves = results.map((out, index) => ({ temp: files[index] ?? '', out }));
      await publish(moves, force);
      const seconds = (performance.now() - started) / 1000;
      const outputs = results.slice(0, shards);
      return { ...made, outputs, ...(sidecar ? { sidecar: sidecarPath(request.out) } : {}), seconds };
    });
  });
}

/** What is on the disk at once: where the repaired metadata has another length, the file that holds it is written anew. */
function bytesNeeded({ written, bytes }: Preparation): number {
  const [first = 0] = written;
  const all = written.reduce((sum, each) => sum + each, 0);
  return all === bytes ? all : Math.max(all, bytes) + first;
}

function inputsOf({ model, imatrix, inputs = [] }: QuantizeRequest): readonly string[] {
  const files = model.files.map(({ source }) => source.path);
  return [...files, ...(imatrix === undefined ? [] : [imatrix]), ...inputs];
}

/** What is made, and the paths that its files have until they get their names: shards in order, then the recipe. */
interface Made extends Pick<QuantizeResult, 'bytes' | 'engineVersion' | 'sourceHash'> {
  readonly files: readonly string[];
}

/** Makes all files of the result in `folder`. */
async function makeIn(folder: string, request: QuantizeRequest, context: QuantizeContext): Promise<Made> {
  const { model, recipe, preparation } = request;
  const job = await placeJob(folder, request);
  const { engineVersion, sourceHash } = await runAndRead(job, request, context);
  const files = outputFiles(job.output, preparation.written.length);
  const [first = job.output] = files;
  await withModel(first, context, (written) => {
    verifyTensors(written, model, recipe);
    verifySizes(written, preparation.written);
  });
  await finishOutput(first, sourceHash, { ...context, edits: request.edits });
  const bytes = await withModel(first, context, async (output) => {
    verifyTensors(output, model, recipe);
    const synced = Promise.all(output.files.map(({ source }) => syncFile(source.path)));
    await Promise.all([verifyWeights(output, context), synced]);
    return output.files.reduce((sum, { source }) => sum + source.size, 0);
  });
  if (!request.sidecar || !hasSidecar(recipe.fileType)) return { files, bytes, engineVersion, sourceHash };
  const recipeFile = sidecarPath(job.output);
  const text = await sidecarText(request, { engine: context.engine, engineVersion, sourceHash });
  await writeFile(recipeFile, text, { flush: true });
  return { files: [...files, recipeFile], bytes, engineVersion, sourceHash };
}

/** Opens what the engine wrote. Rejects with `verification-failed` where it wrote nothing. */
async function withModel<T>(
  file: string,
  { engine, signal }: QuantizeContext,
  work: (model: Model) => T,
): Promise<Awaited<T>> {
  if (!(await exists(file))) {
    const what = `${engineLabel(engine)} ended well but wrote no ${path.basename(file)}`;
    throw new GgufError('verification-failed', what, { path: file, what });
  }
  await using model = await openModel(file, signal);
  return await work(model);
}

async function verifyWeights(output: Model, { pool, startWork, signal }: QuantizeContext): Promise<void> {
  const total = output.files.reduce((bytes, { header }) => bytes + scanBytes(header), 0);
  await withProgress(startWork, { label: 'verify', total, unit: 'bytes' }, async (onProgress) => {
    await refuseNonFinite(output, { pool, signal, onProgress, nameOf: path.basename });
  });
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

async function syncFile(file: string): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.sync();
}
