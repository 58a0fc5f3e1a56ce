import { alignUp, isAlignment } from '../../gguf/layout.js';
import { findEntry, type Header } from '../../gguf/model.js';
import { isFloatType, isIntegerType } from '../../gguf/value-types.js';
import { scalarValue } from '../../gguf/values.js';
import type { Fix } from '../check.js';
import { problemRule, problemsOf } from '../problem-rule.js';
import { GGML_READERS } from '../readers.js';

const KEY = 'general.alignment';

/** An alignment of another type than uint32, or one that is no power of two. */
export const alignment = problemRule({
  id: 'container/alignment',
  codes: ['alignment-type', 'alignment-value'],
  affects: GGML_READERS,
  docs: {
    summary: '`general.alignment`, where it is present, is a uint32 and a power of two.',
    why: 'It says where the data section and each tensor start. ggml refuses other types and values, older versions divide by zero or stop; other readers fall back to 32 or compute other places.',
    example: '`general.alignment` is INT32 32, or UINT32 13.',
    remedy:
      'Without the key the alignment is 32. Convert the model again, or set the key to the alignment that the file is laid out with.',
    fix: 'Safe for a wrong type where the value and the default of 32 lead to the same data section, so that all readers find the same weights: the value is written as uint32. None otherwise, as the file then does not say where its weights are.',
    sources: [
      'llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader',
      'ggml-org/llama.cpp#5136, #26318',
      'CVE-2025-0317',
    ],
  },
  fix: ({ code }, { header }) => (code === 'alignment-type' ? retypeAlignment(header) : undefined),
});

function retypeAlignment(header: Header): Fix | undefined {
  const value = alignmentValue(header);
  if (value === undefined || !isAlignment(value) || !isSameLayout(header, value)) return undefined;
  return {
    safety: 'safe',
    title: `Write ${KEY} ${value} as uint32`,
    edits: [{ op: 'retype-metadata', key: KEY, to: 'uint32' }],
  };
}

function alignmentValue(header: Header): number | undefined {
  const entry = findEntry(header, KEY);
  if (entry === undefined || !(isIntegerType(entry.type) || isFloatType(entry.type))) return undefined;
  return Number(scalarValue(entry));
}

/** The header was laid out with the default; the offsets in it fit that, and the data would not move with `value`. */
function isSameLayout({ tensors, infoEnd, dataOffset, problems }: Header, value: number): boolean {
  if (tensors.length === 0) return true;
  return alignUp(infoEnd, value) === dataOffset && problemsOf(problems, ['tensor-offset']).length === 0;
}
