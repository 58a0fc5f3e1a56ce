import { isGgufError } from '../../errors.js';
import { hashFiles } from '../../sources/hash-files.js';
import { allOrNone } from './all-or-none.js';
import type { PlacedJob } from './engine-job.js';
import { refuseDeviation } from './refuse-deviation.js';
import { refuseNonFinite } from './refuse-source.js';
import type { QuantizeContext, QuantizeRequest, QuantizeResult } from './request.js';
import { runJob } from './run-job.js';

/**
 * Runs the engine, and reads the source meanwhile: for its hash, and for weights that are no numbers. The engine may stumble
 * over such a weight first; only the scan knows where it is.
 */
export async function runAndRead(
  job: PlacedJob,
  request: QuantizeRequest,
  context: QuantizeContext,
): Promise<Pick<QuantizeResult, 'engineVersion' | 'sourceHash'>> {
  const { model, recipe } = request;
  const files = model.files.map(({ source }) => source.path);
  let scan: Promise<void> | undefined;
  const run = async (stop: AbortSignal): Promise<string> => {
    await refuseDeviation(context.engine, job, recipe, { folder: job.folder, signal: stop });
    try {
      return await runJob(job, request, context, stop);
    } catch (error) {
      if (isGgufError(error, 'engine-failed')) await scan;
      throw error;
    }
  };
  const known = request.sourceHash;
  const look = async (stop: AbortSignal): Promise<void> => {
    if (known !== undefined) return;
    scan = refuseNonFinite(model, { pool: context.pool, signal: stop });
    await scan;
  };
  const hash = async (stop: AbortSignal): Promise<string> => known ?? (await hashFiles(files, stop));
  const works = [look, run, hash] as const;
  const [, engineVersion, sourceHash] = await allOrNone<[unknown, string, string]>(works, context.signal);
  for (const { source } of model.files) await source.assertUnchanged();
  return { engineVersion, sourceHash };
}
