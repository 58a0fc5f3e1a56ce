import type { TensorInfo } from '../../gguf/model.js';
import { tensorPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule, type Found } from '../check.js';

/** A tensor type that the policy does not allow, and where it occurs first. */
interface Forbidden {
  readonly type: string;
  readonly first: string;
  readonly tensors: number;
  readonly allowed: readonly string[];
}

/** Tensors in a type that the policy does not allow: one finding for each type. */
export const tensorType = defineRule<Forbidden>({
  id: 'policy/tensor-type',
  severity: 'error',
  needs: 'policy',
  affects: [],
  docs: {
    summary: 'Only the tensor types that the policy lists occur.',
    why: 'A publisher who promises a quantization, or whose users run engines that lack some types, must notice a file with others.',
    example: '`policy: {types: [Q4_K, Q6_K, F32]}`, and one tensor is IQ4_XS.',
    remedy: 'Requantize the tensors, with `ggufix requantize --tensor NAME=TYPE`, or allow the type.',
    fix: 'None: which of the allowed types a tensor should have is a choice.',
    sources: ['The `policy` of ggufix.config.yaml.'],
  },
  find: ({ header, evidence }) => forbidden(header.tensors, evidence.policy?.types),
  describe: ({ type, first, tensors, allowed }) => {
    const are = tensors === 1 ? `tensor ${quoted(first)} is` : `tensor ${quoted(first)} and ${tensors - 1} more are`;
    return `${are} ${type}, the policy allows ${allowed.join(', ')}`;
  },
});

function* forbidden(tensors: readonly TensorInfo[], allowed?: readonly string[]): Generator<Found<Forbidden>> {
  if (allowed === undefined) return;
  const byType = new Map<string, { readonly first: TensorInfo; tensors: number }>();
  for (const tensor of tensors) {
    // A type that does not exist is a fault of the container and named there.
    if (tensor.type === undefined || allowed.includes(tensor.type)) continue;
    const group = byType.get(tensor.type);
    if (group === undefined) byType.set(tensor.type, { first: tensor, tensors: 1 });
    else group.tensors += 1;
  }
  for (const [type, group] of byType) {
    yield { place: tensorPlace(group.first), data: { type, first: group.first.name, tensors: group.tensors, allowed } };
  }
}
