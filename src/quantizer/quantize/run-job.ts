import { stat } from 'node:fs/promises';
import path from 'node:path';
import { requireSpace } from '../../edit/target.js';
import { isGgufError } from '../../errors.js';
import { runEngine } from '../engine/run-engine.js';
import type { PlacedJob } from './engine-job.js';
import { outputFiles } from './output-files.js';
import type { Preparation } from './prepare.js';
import { withProgress } from './progress.js';
import type { QuantizeContext, QuantizeRequest } from './request.js';

/**
 * Has the engine do a job, with progress in bytes of the source, and resolves to what it says of its version. Rejects as
 * `runEngine` does, or with `no-space` where it failed on a disk that is full.
 */
export async function runJob(
  job: PlacedJob,
  { model, out, preparation }: QuantizeRequest,
  { engine, startWork }: QuantizeContext,
  signal: AbortSignal,
): Promise<string> {
  const sizes = new Map(model.header.tensors.map(({ name, bytes }) => [name, Number(bytes ?? 0n)]));
  const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  let engineVersion = 'unknown';
  await withProgress(startWork, { label: `quantize ${path.basename(out)}`, total, unit: 'bytes' }, async (advance) => {
    let before = 0;
    await runEngine(engine, job, {
      signal,
      folder: job.folder,
      onEvent: (event) => {
        if (event.kind === 'version') engineVersion = event.version;
        if (event.kind !== 'tensor') return;
        // A tensor is told when work on it begins: the ones before it are done.
        advance(before);
        before = sizes.get(event.name) ?? 0;
      },
    }).catch(async (error: unknown) => {
      // An engine's own word for a full disk is "iostream error". What it wrote is still there and counts.
      if (isGgufError(error, 'engine-failed')) await requireSpace(job.output, await missingBytes(job, preparation));
      throw error;
    });
    advance(before);
  });
  return engineVersion;
}

/** Bytes that the engine had still to write. */
async function missingBytes({ output }: PlacedJob, { written }: Preparation): Promise<number> {
  let missing = 0;
  for (const [index, file] of outputFiles(output, written.length).entries()) {
    const { size } = await stat(file).catch(() => ({ size: 0 }));
    missing += Math.max(0, (written[index] ?? 0) - size);
  }
  return missing;
}
