import { entryPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { arrayItems } from '../../gguf/values.js';
import { defineRule } from '../check.js';
import { architectureOf, entryOf } from '../facts/keys.js';
import { CONTROL_TEXTS, TOKEN_TYPE_KEY, TOKEN_TYPES, tokenFacts, tokenTypeReader } from '../facts/tokens.js';

/** Markers of a chat that are typed as plain text. */
interface NormalControls {
  readonly tokens: readonly { readonly id: number; readonly text: string }[];
  /** Whether the markers are Gemma's, whose type is known. */
  readonly isGemma: boolean;
}

/** The markers of Gemma 1 to 3n: control tokens in every one of them. */
const GEMMA_TURNS: ReadonlySet<string> = new Set(['<start_of_turn>', '<end_of_turn>']);

/** A chat marker with the type of plain text. */
export const controlTokenNormal = defineRule<NormalControls>({
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
    fix: "Unsafe: Gemma's `<start_of_turn>` and `<end_of_turn>` get type 3, which changes how a prompt that holds them is cut. Nothing for other models: one that never saw the marker in training may use it as text.",
    sources: ['unsloth#5070'],
  },
  *find({ header }) {
    const entry = entryOf(header, TOKEN_TYPE_KEY);
    const typeOf = tokenTypeReader(header);
    if (entry === undefined || typeOf === undefined) return;
    const tokens = [...(tokenFacts(header)?.markerIds ?? [])]
      .filter(([text, id]) => CONTROL_TEXTS.has(text) && typeOf(id) === TOKEN_TYPES.normal)
      .map(([text, id]) => ({ id, text }));
    if (tokens.length === 0) return;
    const isGemma = /^gemma(2|3|3n)?$/.test(architectureOf(header) ?? '');
    yield { place: entryPlace(entry), data: { tokens, isGemma } };
  },
  describe: ({ tokens }) =>
    `'${TOKEN_TYPE_KEY}' says that ${tokens.map(({ id, text }) => `${quoted(text)} (${id})`).join(', ')} is normal (1), expected control (3): a reader may split it into pieces`,
  fix: ({ tokens, isGemma }, { header }) => {
    const turns = new Set(tokens.filter(({ text }) => GEMMA_TURNS.has(text)).map(({ id }) => id));
    const entry = entryOf(header, TOKEN_TYPE_KEY);
    if (!isGemma || turns.size === 0 || entry === undefined) return undefined;
    const items = Array.from(arrayItems(entry), (type, id) => (turns.has(id) ? TOKEN_TYPES.control : type));
    return {
      safety: 'unsafe',
      title: 'Make the markers of turns control tokens',
      edits: [{ op: 'set-metadata', key: TOKEN_TYPE_KEY, value: { type: 'array', itemType: 'int32', items } }],
    };
  },
});
