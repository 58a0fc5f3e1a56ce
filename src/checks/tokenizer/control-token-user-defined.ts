import { entryPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { architectureOf, entryOf } from '../facts/keys.js';
import { TOKEN_TYPE_KEY, TOKEN_TYPES, tokenFacts, tokenTypeReader } from '../facts/tokens.js';

/** A marker of a turn that a user's own text can hold. */
interface UserDefinedMarkers {
  readonly tokens: readonly { readonly id: number; readonly text: string }[];
}

/** Gemma's markers of turns with the type of a word that somebody added. */
export const controlTokenUserDefined = defineRule<UserDefinedMarkers>({
  id: 'tokenizer/control-token-user-defined',
  severity: 'info',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'In Gemma 1 to 3n `<start_of_turn>` and `<end_of_turn>` have type 3 (control), not 4 (user-defined).',
    why: 'A user-defined token is found in any text, also in what a user writes: a message can end its own turn and pretend to be the model. llama.cpp prints `control-looking token was not control-type`, and corrects `<end_of_turn>` itself.',
    example: 'A Gemma file from before July 2024.',
    remedy: 'Convert the model again, or set the type of both tokens to 3.',
    fix: 'None: other models have such types on purpose, for markers that programs look for in an answer, and a file may be meant so.',
    sources: ['unslothai/unsloth#6229', 'ggml-org/llama.cpp#8228'],
  },
  *find({ header }) {
    const entry = entryOf(header, TOKEN_TYPE_KEY);
    const typeOf = tokenTypeReader(header);
    if (entry === undefined || typeOf === undefined || !/^gemma(2|3|3n)?$/.test(architectureOf(header) ?? '')) return;
    const ids = tokenFacts(header)?.markerIds;
    const tokens = ['<start_of_turn>', '<end_of_turn>'].flatMap((text) => {
      const id = ids?.get(text);
      return id !== undefined && typeOf(id) === TOKEN_TYPES.userDefined ? [{ id, text }] : [];
    });
    if (tokens.length > 0) yield { place: entryPlace(entry), data: { tokens } };
  },
  describe: ({ tokens }) =>
    `'${TOKEN_TYPE_KEY}' says that ${tokens.map(({ id, text }) => `${quoted(text)} (${id})`).join(', ')} is user-defined (4), expected control (3): what a user writes can hold it`,
});
