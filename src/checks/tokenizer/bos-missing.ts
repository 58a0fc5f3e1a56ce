import { entryPlace } from '../../gguf/model.js';
import { defineRule } from '../check.js';
import { ADD_BOS_KEY, addsBos } from '../facts/adds-bos.js';
import { entryOf } from '../facts/keys.js';
import { specialId } from '../facts/stop-tokens.js';
import { tokensEntry } from '../facts/tokens.js';

/** A tokenizer that begins with a token which is not there. */
interface NoBos {
  /** Whether `add_bos_token` asks for it, or the kind of tokenizer. */
  readonly isExplicit: boolean;
  readonly tokens: number;
}

/** BOS is to be added and no key and no default names one. */
export const bosMissing = defineRule<NoBos>({
  id: 'tokenizer/bos-missing',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'A tokenizer that begins texts with BOS has a BOS token.',
    why: 'llama.cpp 0.7.0 loads the file and aborts the whole process at the first prompt; newer ones refuse it: `add_bos_token is true, but bos_token_id is not set`. Without the key llama.cpp takes token 1 for SentencePiece, 11 for gpt2 and 101 for bert tokenizers, if there are so many.',
    example: '`tokenizer.ggml.model` is `t5`, `tokenizer.ggml.add_bos_token` is true, and there is no `bos_token_id`.',
    remedy:
      'Set `tokenizer.ggml.bos_token_id` to the token that the original model begins with, or `add_bos_token` to false where it has none.',
    fix: 'Unsafe where `add_bos_token` is there: it is set to false, so that prompts begin without BOS, as they do where a model has none. None otherwise.',
    sources: [
      'llama.cpp 0.7.0, measured: GGML_ASSERT(special_bos_id != LLAMA_TOKEN_NULL)',
      'ggml-org/llama.cpp, src/llama-vocab.cpp: check_add_special_token',
    ],
  },
  *find({ header }) {
    const tokens = tokensEntry(header);
    const adds = addsBos(header);
    if (tokens?.count === undefined || adds === undefined || specialId(header, 'bos') !== undefined) return;
    const entry = entryOf(header, ADD_BOS_KEY);
    yield {
      place: entryPlace(entry ?? tokens),
      data: { isExplicit: adds === 'key', tokens: tokens.count },
    };
  },
  describe: ({ isExplicit, tokens }) =>
    `${isExplicit ? `'${ADD_BOS_KEY}' is true` : 'the tokenizer adds a BOS token'}, but no key names one of the ${tokens} tokens as BOS: llama.cpp aborts at the first prompt`,
  fix: ({ isExplicit }) =>
    isExplicit
      ? {
          safety: 'unsafe',
          title: `Set ${ADD_BOS_KEY} to false`,
          edits: [{ op: 'set-metadata', key: ADD_BOS_KEY, value: { type: 'bool', value: false } }],
        }
      : undefined,
});
