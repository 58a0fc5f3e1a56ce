import { fatalProblem, type Header, type TensorInfo, tensorPlace } from '../../gguf/model.js';
import type { Found } from '../check.js';
import { type FileKind, kindOf } from '../facts/keys.js';

/** What is wrong with one tensor, given the others by name; nothing where it is sound. */
type Judge<D> = (tensor: TensorInfo, byName: ReadonlyMap<string, TensorInfo>) => D | undefined;

/** Judges each tensor of a companion of this kind whose header was read to its end. */
export function* judgeTensors<D>(header: Header, kind: FileKind, judge: Judge<D>): Generator<Found<D>> {
  if (kindOf(header) !== kind || fatalProblem(header) !== undefined) return;
  const byName = new Map(header.tensors.map((tensor) => [tensor.name, tensor]));
  for (const tensor of header.tensors) {
    const data = judge(tensor, byName);
    if (data !== undefined) yield { place: tensorPlace(tensor), data };
  }
}
