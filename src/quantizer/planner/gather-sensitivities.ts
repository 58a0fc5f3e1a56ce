import { createHash } from 'node:crypto';
import { isGgufError } from '../../errors.js';
import type { Header } from '../../gguf/model.js';
import { modelShape } from '../recipes/model-shape.js';
import { tensorRole } from '../recipes/tensor-class.js';
import type { MeasurementCache } from './measurements.js';
import type { PlanOptions } from './options.js';
import { measuringExtent, measuringWork } from './sensitivity/extent.js';
import { readSensitivityFile, type SensitivityFile } from './sensitivity/file.js';
import { sensitivityGroups } from './sensitivity/groups.js';
import { measureSensitivities } from './sensitivity/measure-sensitivity.js';
import { priorSensitivity } from './sensitivity/prior.js';
import { spreadSensitivities } from './sensitivity/spread.js';
import { readTextPieces } from './sensitivity/text-pieces.js';

/** How much tensors matter, and from where that is known. */
export interface Sensitivities {
  readonly of: (tensor: string) => number;
  readonly from: 'expected' | 'measured';
  readonly warnings: readonly string[];
}

/** The model that is measured: the file that llama.cpp opens, and what tells its weights from others. */
export interface MeasuredModel {
  readonly path: string;
  readonly header: Header;
  readonly fingerprint: string;
}

/** Bands of layers that are measured apart. */
const BANDS = 6;

/** Operations that measuring may take unasked: some minutes on two cores. */
const MAX_UNASKED_WORK = 2e13;

/** The sensitivity of each of the tensors `names`. Rejects as `measureSensitivities` where it was asked for. */
export async function gatherSensitivities(
  model: MeasuredModel,
  names: readonly string[],
  cache: MeasurementCache,
  options: PlanOptions & { readonly seed: number },
): Promise<Sensitivities> {
  const file = options.sensitivityFile === undefined ? NONE : await readSensitivityFile(options.sensitivityFile);
  const { measured, warnings } = await measureIfWanted(model, names, cache, options);
  const shape = modelShape(model.header);
  return {
    from: measured === undefined ? 'expected' : 'measured',
    warnings,
    of(name) {
      const given = file.tensors[name];
      if (given !== undefined) return given;
      const found = measured?.get(name);
      if (found === undefined) return priorSensitivity(name, shape, file.classes);
      return found * (file.classes[tensorRole(name).class] ?? 1);
    },
  };
}

const NONE: SensitivityFile = { classes: {}, tensors: {} };

type Measured = ReadonlyMap<string, number> | undefined;

async function measureIfWanted(
  model: MeasuredModel,
  names: readonly string[],
  cache: MeasurementCache,
  options: PlanOptions & { readonly seed: number },
): Promise<{ readonly measured: Measured; readonly warnings: readonly string[] }> {
  const { sensitivity = 'auto' } = options;
  const nothing = { measured: undefined, warnings: [] };
  if (sensitivity === 'expected') return nothing;
  if (sensitivity === 'measured') return { measured: await measure(model, names, cache, options), warnings: [] };
  const groups = sensitivityGroups(names, modelShape(model.header), BANDS);
  const work = measuringWork(model.header, measuringExtent(model.header), groups.length);
  if (work > MAX_UNASKED_WORK) return nothing;
  try {
    return { measured: await measure(model, names, cache, options), warnings: [] };
  } catch (error) {
    if (!isGgufError(error, 'unavailable') && !isGgufError(error, 'engine-failed')) throw error;
    return { measured: undefined, warnings: [`sensitivity is expected, not measured: ${error.message}`] };
  }
}

async function measure(
  { path, header, fingerprint }: MeasuredModel,
  names: readonly string[],
  cache: MeasurementCache,
  options: PlanOptions & { readonly seed: number },
): Promise<ReadonlyMap<string, number>> {
  const { text, seed, signal, threads, childFolder, onProgress } = options;
  const extent = measuringExtent(header);
  const texts = text === undefined ? undefined : await readTextPieces(text, extent, signal);
  const subject = `noise 1 ${fingerprint} ${JSON.stringify(extent)} ${seed} ${BANDS} ${texts === undefined ? 'made' : hash(texts)}`;
  const kept = await cache.open(subject);
  const groups = sensitivityGroups(names, modelShape(header), BANDS);
  const missing = groups.filter(({ name }) => kept.get(name) === undefined);
  let done = groups.length - missing.length;
  await measureSensitivities(path, missing, {
    extent,
    texts,
    seed,
    threads,
    signal,
    ...(childFolder === undefined ? {} : { childUrl: new URL('sensitivity/noise-child.js', childFolder) }),
    async onGroup({ name }, sensitivity) {
      await kept.put(name, sensitivity ?? UNUSED);
      done += 1;
      onProgress?.({ stage: 'sensitivity', done, total: groups.length, what: name });
    },
  });
  const values = groups.map(({ name }) => kept.get(name));
  return spreadSensitivities(
    groups,
    values.map((value) => (value === UNUSED ? undefined : value)),
  );
}

/** Stands for a group that takes no part in the work. */
const UNUSED = -1;

function hash(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex');
}
