import type { TensorInfo } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { judgeTensors } from './judge-tensors.js';

type Unpaired =
  | { readonly kind: 'suffix'; readonly name: string }
  | { readonly kind: 'alone'; readonly name: string; readonly partner: string }
  | { readonly kind: 'rank' | 'experts'; readonly name: string; readonly a: string; readonly b: string };

const A = '.lora_a';
const B = '.lora_b';

/** Tensors of an adapter that are no pair of matrices. */
export const loraPairs = defineRule<Unpaired>({
  id: 'companion/lora-pairs',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary:
      'Each tensor of an adapter is one of a pair `NAME.lora_a` and `NAME.lora_b` that share their rank, and for a mixture of experts their number.',
    why: 'llama.cpp multiplies the two and refuses the adapter where one is missing, has another name or does not fit the other.',
    example: '`blk.0.attn_q.weight.lora_a` is there, `blk.0.attn_q.weight.lora_b` is not.',
    remedy: 'Convert the adapter again with `convert_lora_to_gguf.py`.',
    fix: 'None: the missing weights are not in the file.',
    sources: ['llama.cpp 0.7.0, src/llama-adapter.cpp', 'ggml-org/llama.cpp#27056, #29128'],
  },
  find: ({ header }) => judgeTensors(header, 'adapter', judge),
  describe: (data) => `${sentence(data)}: llama.cpp refuses the adapter`,
});

function sentence(data: Unpaired): string {
  const name = `tensor ${quoted(data.name)}`;
  if (data.kind === 'suffix') return `${name} ends with neither '${A}' nor '${B}'`;
  if (data.kind === 'alone') return `${name} has no partner ${quoted(data.partner)}`;
  const what = data.kind === 'rank' ? `rank ${data.a}` : `${data.a} matrices`;
  return `${name} has ${what}, but its partner has ${data.b}`;
}

function judge({ name, dims }: TensorInfo, byName: ReadonlyMap<string, TensorInfo>): Unpaired | undefined {
  // llama.cpp skips norms, which some adapters carry whole.
  if (name.endsWith('_norm.weight')) return undefined;
  const isA = name.endsWith(A);
  if (!isA && !name.endsWith(B)) return { kind: 'suffix', name };
  const partnerName = `${name.slice(0, -A.length)}${isA ? B : A}`;
  const partner = byName.get(partnerName);
  if (partner === undefined) return { kind: 'alone', name, partner: partnerName };
  const [experts, others] = [String(dims[2] ?? 1n), String(partner.dims[2] ?? 1n)];
  if (isA && experts !== others) return { kind: 'experts', name, a: experts, b: others };
  // The token embedding is stored the other way round.
  if (!isA || name.startsWith('token_embd.')) return undefined;
  const [a, b] = [String(dims[1] ?? 1n), String(partner.dims[0] ?? 1n)];
  return a === b ? undefined : { kind: 'rank', name, a, b };
}
