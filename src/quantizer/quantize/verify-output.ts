import path from 'node:path';
import { GgufError } from '../../errors.js';
import { describeProblem } from '../../gguf/describe-problem.js';
import type { TensorInfo } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { REJECTED_BY } from '../../gguf/problems.js';
import type { ResolvedRecipe } from '../recipes/resolved.js';
import type { Model } from './open-model.js';

/**
 * Compares what an engine wrote with what it was told to write: files without defects, every tensor of the source with its
 * shape and the type that was planned, none besides. Throws `verification-failed`.
 */
export function verifyTensors(output: Model, source: Model, recipe: ResolvedRecipe): void {
  for (const { source: file, header } of output.files) {
    const problem = header.problems.find(({ code }) => REJECTED_BY[code] !== 'nobody');
    if (problem !== undefined) throw failed(file.path, describeProblem(problem));
  }
  compareTensors(output.files[0].source.path, output.header.tensors, plannedTensors(source.header.tensors, recipe));
}

/** Throws `verification-failed` where a file has not the size that was predicted. */
export function verifySizes({ files }: Model, expected: readonly number[]): void {
  for (const [index, { source }] of files.entries()) {
    if (source.size === expected[index]) continue;
    throw failed(source.path, `it has ${source.size} bytes, expected ${expected[index] ?? 'no such file'}`);
  }
}

type Planned = ReadonlyMap<string, { readonly type: string; readonly shape: string }>;

function plannedTensors(tensors: readonly TensorInfo[], { choices }: ResolvedRecipe): Planned {
  const types = new Map(choices.map(({ tensor, type }) => [tensor.name, type]));
  return new Map(
    tensors.map((tensor) => {
      const type = types.get(tensor.name) ?? typeText(tensor);
      return [tensor.name, { type, shape: shapeText(tensor) }];
    }),
  );
}

function compareTensors(file: string, written: readonly TensorInfo[], planned: Planned): void {
  for (const tensor of written) {
    const plan = planned.get(tensor.name);
    const what = `tensor ${quoted(tensor.name)}`;
    if (plan === undefined) throw failed(file, `${what} is not in the source`);
    if (shapeText(tensor) !== plan.shape) throw failed(file, `${what} is ${shapeText(tensor)}, expected ${plan.shape}`);
    if (typeText(tensor) !== plan.type) throw failed(file, `${what} is ${typeText(tensor)}, planned is ${plan.type}`);
  }
  const names = new Set(written.map(({ name }) => name));
  const missing = [...planned.keys()].find((name) => !names.has(name));
  if (missing !== undefined) throw failed(file, `tensor ${quoted(missing)} is missing`);
}

function typeText({ type, typeId }: TensorInfo): string {
  return type ?? `of type ${typeId}`;
}

/** ggml writes no dimensions of 1 at the end. */
function shapeText({ dims }: TensorInfo): string {
  return `[${dims.slice(0, Math.max(1, dims.findLastIndex((dim) => dim > 1n) + 1)).join(', ')}]`;
}

/** By its name: it stands in a folder that will be gone. */
function failed(file: string, what: string): GgufError<'verification-failed'> {
  return new GgufError('verification-failed', `${path.basename(file)} is not as planned: ${what}`, {
    path: file,
    what,
  });
}
