import { FILE_TYPE_NAMES } from '../../gguf/file-types.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import { defineRule } from '../check.js';
import { dominatingType, hasTypeOf } from '../facts/mix.js';
import { isWholeModel } from '../facts/whole-model.js';
import { WHOLE_FILE } from '../whole-file.js';

/** A label in the name that no tensor bears out. */
interface WrongLabel {
  readonly label: string;
  /** The type that most weights have. */
  readonly dominating: TensorTypeName;
}

/** The quantization in the file's name. */
export const quantLabel = defineRule<WrongLabel>({
  id: 'naming/quant-label',
  severity: 'info',
  needs: 'name',
  affects: [],
  docs: {
    summary: 'The quantization in the name of a file is one that the file has tensors of.',
    why: 'People and programs choose a file by its name: `ollama run hf.co/owner/repo:Q4_K_M` looks for the label and nothing else.',
    example: '`model-Q4_K_M.gguf` whose tensors are all F16.',
    remedy: 'Rename the file after the type that most weights have.',
    fix: 'None: a repair changes no names.',
    sources: ['ggml, docs/gguf.md: GGUF naming convention'],
  },
  *find({ header, evidence: { name = '' } }) {
    const label = labelIn(name);
    const dominating = dominatingType(header);
    // A shard may hold other types than the set, and the label stands for the set.
    if (label === undefined || dominating === undefined || !isWholeModel(header) || name.includes('-of-')) return;
    if (hasTypeOf(header, MAIN_MIX[label] ?? label)) return;
    yield { place: WHOLE_FILE, data: { label, dominating } };
  },
  describe: ({ label, dominating }) =>
    `the name says ${label}, but no tensor is of that type; most weights are ${dominating}`,
});

/** Labels of publishers, with the mix that they go out from. */
const MAIN_MIX: Readonly<Record<string, string>> = {
  Q2_K_L: 'Q2_K',
  Q2_K_XL: 'Q2_K',
  Q3_K_XL: 'Q3_K_M',
  Q4_K_XL: 'Q4_K_M',
  Q5_K_XL: 'Q5_K_M',
  Q6_K_L: 'Q6_K',
  Q6_K_XL: 'Q6_K',
  Q8_K_XL: 'Q8_0',
};

const LABELS: ReadonlySet<string> = new Set([...FILE_TYPE_NAMES, ...Object.keys(MAIN_MIX)]);

/** The last part of the name that is a label: names of base models may hold others. */
function labelIn(name: string): string | undefined {
  const parts = name.toUpperCase().split(/[-.]/);
  return parts.findLast((part) => LABELS.has(part));
}
