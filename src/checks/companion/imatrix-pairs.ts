import type { TensorInfo } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { judgeTensors } from './judge-tensors.js';

type Mismatch =
  | { readonly kind: 'type'; readonly name: string; readonly found: string }
  | { readonly kind: 'alone'; readonly name: string; readonly partner: string }
  | { readonly kind: 'matrices'; readonly name: string; readonly sums: string; readonly counts: string };

const SUMS = '.in_sum2';
const COUNTS = '.counts';

/** Sums of an importance matrix without fitting counts. */
export const imatrixPairs = defineRule<Mismatch>({
  id: 'companion/imatrix-pairs',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'In an imatrix file each `NAME.in_sum2` has a `NAME.counts` for as many matrices, both F32.',
    why: '`llama-quantize` divides the one by the other and stops with `mismatched sums and counts`.',
    example: '`blk.0.ffn_up.weight.counts` is missing, as its name was longer than a tensor name may be.',
    remedy: 'Make the file again with `llama-imatrix`.',
    fix: 'None: the numbers are not in the file.',
    sources: ['llama.cpp 0.7.0, tools/quantize/quantize.cpp and tools/imatrix/imatrix.cpp'],
  },
  find: ({ header }) => judgeTensors(header, 'imatrix', judge),
  describe: (data) => `${sentence(data)}: llama-quantize refuses the file`,
});

function sentence(data: Mismatch): string {
  const name = `tensor ${quoted(data.name)}`;
  if (data.kind === 'type') return `${name} is ${data.found}, expected F32`;
  if (data.kind === 'alone') return `${name} has no partner ${quoted(data.partner)}`;
  return `${name} is of ${data.sums} matrices, but its counts are of ${data.counts}`;
}

function judge(tensor: TensorInfo, byName: ReadonlyMap<string, TensorInfo>): Mismatch | undefined {
  const { name, type, typeId, dims } = tensor;
  const isSums = name.endsWith(SUMS);
  if (!isSums && !name.endsWith(COUNTS)) return undefined;
  if (type !== 'F32') return { kind: 'type', name, found: type ?? `of type ${typeId}` };
  const partnerName = isSums ? `${name.slice(0, -SUMS.length)}${COUNTS}` : `${name.slice(0, -COUNTS.length)}${SUMS}`;
  const partner = byName.get(partnerName);
  if (partner === undefined) return { kind: 'alone', name, partner: partnerName };
  const [sums, counts] = [String(dims[1] ?? 1n), String(partner.dims[1] ?? 1n)];
  return !isSums || sums === counts ? undefined : { kind: 'matrices', name, sums, counts };
}
