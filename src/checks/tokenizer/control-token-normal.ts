import { entryPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { entryOf } from '../facts/keys.js';
import { TOKEN_TYPE_KEY, TOKEN_TYPES, tokenFacts, tokenTypeReader } from '../facts/tokens.js';

/** A marker of a chat that is typed as plain text. */
interface NormalControl {
  readonly id: number;
  readonly text: string;
}

/** A chat marker with the type of plain text. */
export const controlTokenNormal = defineRule<NormalControl>({
  id: 'tokenizer/control-token-normal',
  severity: 'warning',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'Markers of turns such as `<end_of_turn>` or `<|im_end|>` are control tokens.',
    why: 'A token of type 1 (normal) is not looked for in a prompt: the marker is split into pieces, and the model sees text instead of the turn that it was trained with.',
    example: 'Token 105, `<start_of_turn>`, of a Gemma file has type 1 instead of 3.',
    remedy:
      'Set the type of these tokens to 3 and convert again, or correct `tokenizer_config.json` of the model first.',
    fix: 'None: a model that never saw the marker in training may use it as text.',
    sources: ['unsloth#5070'],
  },
  *find({ header }) {
    const entry = entryOf(header, TOKEN_TYPE_KEY);
    const typeOf = tokenTypeReader(header);
    if (entry === undefined || typeOf === undefined) return;
    for (const [text, id] of tokenFacts(header)?.controlIds ?? []) {
      if (typeOf(id) === TOKEN_TYPES.normal) yield { place: entryPlace(entry), data: { id, text } };
    }
  },
  describe: ({ id, text }) =>
    `'${TOKEN_TYPE_KEY}' says that token ${id}, ${quoted(text)}, is normal (1), expected control (3): a prompt splits it into pieces`,
});
