import { GgufError } from '../../errors.js';
import { describeProblem } from '../../gguf/describe-problem.js';
import type { TensorInfo } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { REJECTED_BY } from '../../gguf/problems.js';
import type { ResolvedRecipe } from '../recipes/resolved.js';
import type { Model } from './open-model.js';
import { refuseNonFinite, type ScanModelOptions } from './refuse-source.js';

/**
 * Compares what an engine wrote with what it was told to write: a container without defects, every tensor of the source
 * with its shape and the type that was planned, none besides, and no weight that is no number. Rejects with
 * `verification-failed` or `non-finite-weight`.
 */
export async function verifyOutput(
  output: Model,
  source: Model,
  recipe: ResolvedRecipe,
  options: ScanModelOptions,
): Promise<void> {
  for (const file of output.files) {
    const problem = file.header.problems.find(({ code }) => REJECTED_BY[code] !== 'nobody');
    if (problem !== undefined) throw failed(file.source.uri, describeProblem(problem));
  }
  const { uri } = output.files[0]!.source;
  compareTensors(uri, output.header.tensors, plannedTensors(source.header.tensors, recipe));
  await refuseNonFinite(output, options);
}

type Planned = ReadonlyMap<string, { readonly typeId: number; readonly type: string; readonly shape: string }>;

function plannedTensors(tensors: readonly TensorInfo[], { choices }: ResolvedRecipe): Planned {
  const types = new Map(choices.map(({ tensor, type }) => [tensor.name, type]));
  return new Map(
    tensors.map((tensor) => {
      const type = types.get(tensor.name) ?? tensor.type ?? '';
      return [tensor.name, { typeId: tensor.typeId, type, shape: shapeText(tensor) }];
    }),
  );
}

function compareTensors(uri: string, written: readonly TensorInfo[], planned: Planned): void {
  for (const tensor of written) {
    const plan = planned.get(tensor.name);
    if (plan === undefined) throw failed(uri, `tensor ${quoted(tensor.name)} is not in the source`);
    if (shapeText(tensor) !== plan.shape) {
      throw failed(uri, `tensor ${quoted(tensor.name)} is ${shapeText(tensor)}, expected ${plan.shape}`);
    }
    if (tensor.type !== plan.type) {
      throw failed(uri, `tensor ${quoted(tensor.name)} is ${tensor.type ?? tensor.typeId}, planned was ${plan.type}`);
    }
  }
  const names = new Set(written.map(({ name }) => name));
  const missing = [...planned.keys()].find((name) => !names.has(name));
  if (missing !== undefined) throw failed(uri, `tensor ${quoted(missing)} is missing`);
}

function shapeText({ dims }: TensorInfo): string {
  return `[${dims.join(', ')}]`;
}

function failed(path: string, what: string): GgufError<'verification-failed'> {
  return new GgufError('verification-failed', `${path}: ${what}`, { path, what });
}
