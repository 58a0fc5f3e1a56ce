import path from 'node:path';
import { QUANT_LABELS } from '../../checks/naming/quant-labels.js';
import { TENSOR_TYPES } from '../../gguf/tensor-types.js';

/** What a model's file name says. */
export interface NameStem {
  /** Without ending, shard numbers and label. */
  readonly model: string;
  /** The quantization, as it is spelt: `BF16`, `UD-Q4_K_XL`. */
  readonly label?: string;
}

/** Takes the name of a model's file apart: `gemma-3n-E2B-it-BF16-00001-of-00002.gguf` is the BF16 of `gemma-3n-E2B-it`. */
export function nameStem(file: string): NameStem {
  const stem = path.basename(file).replace(/(-\d{5}-of-\d{5})?\.gguf$/i, '');
  const [, model = '', label = ''] = /^(.+?)[-.]((?:UD-)?\w+)$/i.exec(stem) ?? [];
  return isLabel(label) ? { model, label } : { model: stem };
}

/** How people spell types that are no file type of llama.cpp. */
const SPELLINGS: ReadonlySet<string> = new Set([...QUANT_LABELS, ...Object.keys(TENSOR_TYPES), 'FP16', 'FP32']);

function isLabel(text: string): boolean {
  return SPELLINGS.has(text.toUpperCase().replace(/^UD-/, ''));
}
