import type { TensorTypeName } from '../../gguf/tensor-types.js';
import { defineRule } from '../check.js';
import { dominatingType, hasTypeOf } from '../facts/mix.js';
import { isWholeModel } from '../facts/whole-model.js';
import { WHOLE_FILE } from '../whole-file.js';
import { MAIN_MIX, QUANT_LABELS } from './quant-labels.js';

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

/** The last part of the name that is a label: names of base models may hold others. */
function labelIn(name: string): string | undefined {
  const parts = name.toUpperCase().split(/[-.]/);
  return parts.findLast((part) => QUANT_LABELS.has(part));
}
