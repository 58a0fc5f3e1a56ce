import { entryPlace, findTensor, type Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { entryOf, kindOf, textOf } from '../facts/keys.js';
import { isWholeModel } from '../facts/whole-model.js';

const KEY = 'tokenizer.ggml.model';

/** Tokenizers that llama.cpp 0.7.0 knows. */
const KNOWN: ReadonlySet<string> = new Set(
  'llama bert gpt2 t5 rwkv plamo2 gemma4 hybriddna whitespace no_vocab none'.split(' '),
);

const NO_TOKENIZER: ReadonlySet<string> = new Set(['no_vocab', 'none']);

/** A tokenizer without a name, or with one that nobody knows. */
interface BadModel {
  /** The name; absent where the key is. */
  readonly found?: string;
}

/** A vocabulary that does not say what kind it is. */
export const tokenizerModel = defineRule<BadModel>({
  id: 'tokenizer/model',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'A file with tokenizer keys names a known tokenizer in `tokenizer.ggml.model`.',
    why: 'llama.cpp refuses to load the file: `key not found in model: tokenizer.ggml.model`, or `unknown tokenizer`.',
    example: 'A merge script copied the tokens but not `tokenizer.ggml.model`.',
    remedy: 'Set the key to the name that the original file has: `ggufix meta set FILE tokenizer.ggml.model llama`.',
    fix: 'None: the tokens alone do not say how text is cut into them.',
    sources: ['llama.cpp 0.7.0, measured on the smallest model that loads'],
  },
  *find({ header }) {
    if (!isModel(kindOf(header))) return;
    const entry = entryOf(header, KEY);
    const name = textOf(header, KEY);
    if (entry !== undefined) {
      if (name !== undefined && isUnusable(header, name)) yield { place: entryPlace(entry), data: { found: name } };
      return;
    }
    if (!isWholeModel(header)) return;
    const other = header.metadata.find(({ key }) => key.startsWith('tokenizer.ggml.'));
    if (other !== undefined) yield { place: entryPlace(other), data: {} };
  },
  describe: ({ found }) =>
    found === undefined
      ? `'${KEY}' is missing beside the other tokenizer keys: llama.cpp refuses to load the file`
      : NO_TOKENIZER.has(found)
        ? `'${KEY}' is ${quoted(found)}, but the model embeds tokens: llama.cpp aborts when it is given text`
        : `'${KEY}' is ${quoted(found)}, which is no tokenizer that llama.cpp 0.7.0 knows: it refuses to load the file`,
});

function isModel(kind: string): boolean {
  return kind === 'model' || kind === 'vocabulary';
}

/** No tokenizer is right for a model that is given something else than tokens. */
function isUnusable(header: Header, name: string): boolean {
  if (NO_TOKENIZER.has(name)) return isWholeModel(header) && findTensor(header, 'token_embd.weight') !== undefined;
  return !KNOWN.has(name);
}
