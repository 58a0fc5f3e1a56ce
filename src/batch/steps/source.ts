import { openModel } from '../../quantizer/quantize/open-model.js';
import { withProgress } from '../../quantizer/quantize/progress.js';
import { refuseBroken, refuseNonFinite } from '../../quantizer/quantize/refuse-source.js';
import { hashFiles } from '../../sources/hash-files.js';
import { scanBytes } from '../../tensors/scan/scan-tensors.js';
import type { StepResult } from '../journal/record.js';
import type { SurveyedModel } from '../survey/surveyed.js';
import type { StepContext } from './context.js';

/**
 * Reads a model once for all that is made of it: its hash, and whether a weight of it is NaN or infinite. Rejects with
 * `header-unreadable` or `non-finite-weight`.
 */
export async function readSource(
  { files }: SurveyedModel,
  { tools, signal, startWork }: StepContext,
): Promise<StepResult> {
  await using model = await openModel(files[0], signal);
  refuseBroken(model);
  const total = model.files.reduce((bytes, { header }) => bytes + scanBytes(header), 0);
  const sourceHash = await withProgress(
    startWork,
    { label: 'read the model', total, unit: 'bytes' },
    async (onProgress) => {
      const scan = tools.evidence.alone(async () => {
        await refuseNonFinite(model, { pool: await tools.evidence.pool.open(), signal, onProgress });
      });
      const [hash] = await Promise.all([hashFiles(files, signal), scan]);
      return hash;
    },
  );
  for (const { source } of model.files) await source.assertUnchanged();
  return { sourceHash };
}
