import type { OpenBatch } from '../../batch/open-batch.js';
import type { BatchResults } from '../../batch/results/results.js';
import { cleanUp } from '../../batch/run/clean-up.js';
import { removeResultParts } from './remove-result-parts.js';
import { resultsOf } from './report.js';
import { writeResults } from './write-results.js';

/** Ends a batch, or a run of it: writes the results, and removes what nobody needs any more. May be done again at any time. */
export async function finishBatch(batch: OpenBatch): Promise<BatchResults> {
  const results = await resultsOf(batch);
  await removeResultParts(await writeResults(results, batch.layout));
  await cleanUp(batch);
  return results;
}
