import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findEngine } from '../../../src/quantizer/engine/find-engine.js';
import { openModel } from '../../../src/quantizer/quantize/open-model.js';
import { prepare } from '../../../src/quantizer/quantize/prepare.js';
import { quantizeModel } from '../../../src/quantizer/quantize/quantize-model.js';
import type { QuantizeContext, QuantizeRequest, QuantizeResult } from '../../../src/quantizer/quantize/request.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { createPool } from '../../../src/tensors/pool.js';
import { tempFolder } from '../../support/temp.js';
import { fakeEngine, HELP } from './fake-engine.js';
import { tinyLlama } from './tiny-llama.js';

/** The built script of the embedded engine: a child process of Node 20 cannot run TypeScript. */
const childUrl = new URL('../../../dist/quantizer/embedded/quantize-child.js', import.meta.url);

/** The engine that is part of ggufix. */
export const embeddedEngine = () => findEngine({ wanted: 'embedded', env: {}, childUrl });

/** A llama-quantize that is too old to be asked what it would do, and runs this shell script. */
export const oldEngine = (script: string) =>
  findEngine({ wanted: fakeEngine(script, HELP.replace(' [--dry-run]', '')), env: {} });

/** A folder with a model that is to be quantized. */
export interface Place {
  readonly folder: string;
  readonly source: string;
  readonly out: string;
  /** Everything in the folder, hidden files too, but for the model. */
  rest(): string[];
}

/** A new folder with a tiny model, or these bytes; the result may go elsewhere. */
export function placeModel(bytes: Uint8Array = tinyLlama(), outFolder?: string): Place {
  const folder = tempFolder();
  const source = path.join(folder, 'in.gguf');
  writeFileSync(source, bytes);
  const target = outFolder ?? folder;
  return {
    folder: target,
    source,
    out: path.join(target, 'out.gguf'),
    rest: () =>
      readdirSync(target)
        .filter((name) => path.join(target, name) !== source)
        .sort(),
  };
}

/** What a run may differ in from a plain one to Q8_0. */
export type RunChange = Partial<Omit<QuantizeRequest, 'model' | 'preparation'> & Omit<QuantizeContext, 'pool'>>;

/** Quantizes a model in its place to Q8_0. */
export async function quantizeTiny(place: Place, change: RunChange = {}): Promise<QuantizeResult> {
  const { engine = await embeddedEngine(), startWork, signal, ...request } = change;
  await using model = await openModel(place.source);
  await using pool = createPool({ threads: 1 });
  const recipe = request.recipe ?? resolveStock('Q8_0', model.header);
  const preparation = prepare(model, recipe, { version: '1' });
  const plain = { allowRequantize: false, sidecar: true, force: false, threads: 1 };
  return await quantizeModel(
    { ...plain, model, out: place.out, recipe, preparation, ...request },
    { engine, pool, startWork, signal },
  );
}
