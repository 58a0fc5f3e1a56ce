import { entryPlace, type Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { ADD_BOS_KEY } from '../facts/adds-bos.js';
import { architectureOf, entryOf, flagOf, kindOf, textOf } from '../facts/keys.js';
import { tokenFacts } from '../facts/tokens.js';
import { beginsWithBos, bosText } from '../template/begins-with-bos.js';
import { templates } from '../template/each-template.js';

/** A model that was trained with BOS and gets none. */
interface NeverAdded {
  /** The family, as people call it. */
  readonly family: string;
  readonly token: string;
}

/** Neither the tokenizer nor the template begins with BOS, in a family that needs it. */
export const bosNeverAdded = defineRule<NeverAdded>({
  id: 'tokenizer/bos-never-added',
  severity: 'warning',
  needs: 'header',
  affects: [],
  docs: {
    summary: 'For Gemma 1 to 3n and Llama 3, the tokenizer or the chat template begins with BOS.',
    why: 'These models saw a BOS token before every text in training and answer badly, or with nonsense, without. To avoid two of them either `add_bos_token` is set to false or the template is changed; somebody did both.',
    example: 'A Gemma 3 file with `tokenizer.ggml.add_bos_token` false, whose template begins with `<start_of_turn>`.',
    remedy: 'Apply the fix with `--unsafe`, or put `{{ bos_token }}` at the beginning of the template.',
    fix: 'Unsafe: `add_bos_token` is set to true, as the converters of these models write it. A program that writes BOS itself then has two.',
    sources: [
      'Unsloth, "Gemma 3n: how to run and fine-tune"',
      'ggml-org/llama.cpp#7332, #15086',
      'ggml-org/llama.cpp, conversion/gemma.py and src/llama-vocab.cpp: add_bos of llama-bpe',
    ],
  },
  *find({ header }) {
    const entry = entryOf(header, ADD_BOS_KEY);
    const family = familyOf(header);
    if (entry === undefined || flagOf(header, ADD_BOS_KEY) !== false || family === undefined) return;
    const token = bosText(header);
    if (token === '' || templates(header).some(({ text }) => beginsWithBos(text, token))) return;
    yield { place: entryPlace(entry), data: { family, token } };
  },
  describe: ({ family, token }) =>
    `'${ADD_BOS_KEY}' is false and no chat template begins with ${quoted(token)}: ${family} needs it before every text`,
  fix: () => ({
    safety: 'unsafe',
    title: `Set ${ADD_BOS_KEY} to true`,
    edits: [{ op: 'set-metadata', key: ADD_BOS_KEY, value: { type: 'bool', value: true } }],
  }),
});

function familyOf(header: Header): string | undefined {
  if (kindOf(header) !== 'model') return undefined;
  if (/^gemma(2|3|3n)?$/.test(architectureOf(header) ?? '')) return 'Gemma';
  const ids = tokenFacts(header)?.markerIds;
  const isLlama3 = textOf(header, 'tokenizer.ggml.model') === 'gpt2' && ids?.has('<|begin_of_text|>') === true;
  return isLlama3 && ids.has('<|eot_id|>') ? 'Llama 3' : undefined;
}
