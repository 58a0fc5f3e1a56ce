import { fingerprint } from '../model/fingerprint.js';
import { openModel } from '../quantize/open-model.js';
import { requireRoom } from './budget.js';
import { gatherErrors } from './gather-errors.js';
import { gatherSensitivities } from './gather-sensitivities.js';
import { openImatrix } from './importance.js';
import { makePlan } from './make-plan.js';
import { measurementCache } from './measurements.js';
import type { PlanOptions } from './options.js';
import type { QuantizationPlan } from './plan.js';
import { plannedCandidates } from './planned-candidates.js';

/** Seed of samples and noise, unless another is given. */
const SEED = 1;

/**
 * Chooses a type for each quantizable tensor of a model so that the file keeps to a budget and answers as much like the model as
 * it can: the sum of sensitivity × error over the tensors is least. Errors are measured with ggml's own quantizers; for the
 * rest see `SensitivityMode`. The same model, options and seed give the same plan. Reads only, and writes to `cacheFolder`
 * (`not-writable` where it cannot).
 * Rejects with `bad-option` where the budget cannot be met (the message names the least and the most) or where a pin or tie is
 * impossible, `unavailable` where ggml cannot be opened, `non-finite-weight`, `bad-value` for an imatrix of another model,
 * `aborted`.
 */
export async function planQuantization(path: string, options: PlanOptions): Promise<QuantizationPlan> {
  const { signal, cacheFolder, isCacheOptional } = options;
  const seeded = { ...options, seed: options.seed ?? SEED };
  await using model = await openModel(path, signal);
  await using imatrix = options.imatrix === undefined ? undefined : await openImatrix(options.imatrix, signal);
  const { header } = model;
  const candidates = plannedCandidates(header, imatrix, options);
  const written = { ...header, metadata: options.metadata ?? header.metadata };
  requireRoom(written, candidates, options);

  const ofModel = await fingerprint(
    model.files.map(({ source, header: { bytes } }) => ({ source, header: bytes })),
    signal,
  );
  const ofImatrix =
    imatrix === undefined ? 'none' : await fingerprint([{ source: imatrix.source, header: new Uint8Array() }], signal);
  const cache = measurementCache(cacheFolder, isCacheOptional);
  const kept = await cache.open(`errors 1 ${ofModel} ${ofImatrix} ${seeded.seed}`);
  const errors = await gatherErrors(model, candidates, imatrix, kept, seeded);
  const open = candidates.filter(({ types }) => types.length > 1).map(({ tensor }) => tensor.name);
  const sensitivities = await gatherSensitivities({ path, header, fingerprint: ofModel }, open, cache, seeded);
  const plan = makePlan(written, { candidates, errors, sensitivities, hasImatrix: imatrix !== undefined }, seeded);
  return { ...plan, warnings: [...plan.warnings, ...cache.warnings()] };
}
