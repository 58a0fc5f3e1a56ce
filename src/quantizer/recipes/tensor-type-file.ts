import type { TensorInfo } from '../../gguf/model.js';
import type { ResolvedRecipe } from './resolved.js';
import { ggmlTypeName } from './target-types.js';

/**
 * The text of a file for `llama-quantize --tensor-type-file`: a line for each choice, with a regular expression that matches
 * this one tensor name. llama-quantize lower-cases patterns, splits lines at the first `=` and at blanks, and knows no
 * quotes, so every byte that this could touch stands as `\xhh`, which C++'s `std::regex` takes.
 */
export function toTensorTypeFile({ choices }: Pick<ResolvedRecipe, 'choices'>): string {
  return choices.map(({ tensor, type }) => `^${patternOf(tensor)}$=${ggmlTypeName(type)}\n`).join('');
}

/** From the bytes in the file: the decoded name may have lost some. */
function patternOf({ raw }: TensorInfo): string {
  const name = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from(name.subarray(NAME_AT, NAME_AT + Number(name.readBigUInt64LE(0))), escapeByte).join('');
}

/** After the length of the name, which is a u64. */
const NAME_AT = 8;

function escapeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  if (/[a-z0-9_-]/.test(character)) return character;
  return character === '.' ? '\\.' : `\\x${byte.toString(16).padStart(2, '0')}`;
}
