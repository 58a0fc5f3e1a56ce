import type { Edit } from '../../edit/edits.js';
import { entryPlace, type Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { ASSISTANT_SAID } from '../../templates/samples.js';
import type { TemplateRuns } from '../../templates/template-runs.js';
import { defineRule, type Fix, type Found } from '../check.js';
import { entryOf, kindOf } from '../facts/keys.js';
import { EOS_IDS_KEY, EOT_KEY, eosIds, STOP_TEXTS, specialId, stopIds } from '../facts/stop-tokens.js';
import { type NamedToken, specialTokenAt } from '../facts/token-texts.js';
import { tokenFacts } from '../facts/tokens.js';

/** A token that ends a turn and that no key of the file names. */
interface UnnamedEnd extends NamedToken {
  /** The token that `eos_token_id` or its default names. */
  readonly eos?: number;
  /** Whether llama.cpp stops at it by its text. */
  readonly isKnown: boolean;
}

/** A chat that nobody ends, for readers that go by the ids in the file. */
export const endOfTurn = defineRule<UnnamedEnd>({
  id: 'tokenizer/end-of-turn',
  severity: 'warning',
  needs: 'template',
  affects: [],
  docs: {
    summary:
      'The token with which the chat template ends a turn of the assistant is `eos_token_id`, `eot_token_id` or one of `eos_token_ids`.',
    why: 'The model ends its answer with that token. A reader that does not know it goes on, and the model writes both sides of the conversation until the context is full. llama.cpp knows the markers of the common families by their texts, so for those this is only an info; Ollama 0.9.3 to 0.24 and other readers go by the ids. Judged are the markers of known families; in the format of gpt-oss a past turn ends with another token than an answer, it is left out.',
    example:
      'A Llama 3 Instruct file of April 2024: `eos_token_id` is 128001, `<|end_of_text|>`, and the template ends a turn with `<|eot_id|>`, 128009.',
    remedy: 'Apply the fix, or convert the model again with a `tokenizer_config.json` that names the right EOS.',
    fix: 'Safe where llama.cpp knows the marker and `eot_token_id` is missing: that key and `eos_token_ids`, which Ollama reads, are written; llama.cpp stops at the same tokens as before. Unsafe otherwise, since generation then ends where it did not.',
    sources: [
      'ggml-org/llama.cpp, src/llama-vocab.cpp: special_eog_ids (texts of 0.7.0 measured)',
      'ollama/ollama, llama/compat/llama-ollama-compat.cpp: handle_llama3_metadata, handle_gemma3n',
      'ollama/ollama, model/models/gemma3n/model.go: EOS is eos_token_id and eos_token_ids',
      'ollama/ollama#3759, oobabooga/text-generation-webui#5885, ggml-org/llama.cpp#15034',
    ],
  },
  find: ({ header, evidence: { template = [] } }) => (kindOf(header) === 'model' ? judge(header, template) : []),
  describe: ({ text, id, eos, isKnown }) =>
    `the chat template ends a turn with ${quoted(text)} (${id}), which no key names${eos === undefined ? '' : `, 'tokenizer.ggml.eos_token_id' is ${eos}`}: ${isKnown ? 'llama.cpp stops there by its text, but readers that go by the ids run on' : 'readers run on'}`,
  affectsOf: ({ isKnown }) => (isKnown ? ['ollama >=0.9.3 <0.30.0'] : ['llama.cpp *', 'ollama *']),
  fix: (data, { header }) => nameEnd(data, header),
});

const TEMPLATE_KEY = 'tokenizer.chat_template';

/** Markers that end a turn and nothing else, beyond those that llama.cpp knows. */
const ENDS_OF_TURN: ReadonlySet<string> = new Set([
  ...['<|im_end|>', '<end_of_turn>', '<turn|>', '<|eot_id|>', '<|end|>', '<|end_of_text|>', '</s>'],
  ...['<|eot|>', '<|END_OF_TURN_TOKEN|>', '<|end_of_turn|>', '<|endofturn|>', '[|endofturn|]', '<end_of_utterance>'],
]);

function judge(header: Header, template: TemplateRuns): Found<UnnamedEnd>[] {
  const entry = entryOf(header, TEMPLATE_KEY);
  const renders = template.find(({ key }) => key === TEMPLATE_KEY)?.renders ?? [];
  const prompt = renders.find(({ sample }) => sample === 'multi-turn')?.text ?? '';
  const said = prompt.lastIndexOf(ASSISTANT_SAID);
  if (entry === undefined || said < 0 || isHarmony(header)) return [];
  const end = specialTokenAt(header, prompt.slice(said + ASSISTANT_SAID.length).trimStart());
  if (end === undefined || !ENDS_OF_TURN.has(end.text) || stopIds(header).includes(end.id)) return [];
  const isKnown = STOP_TEXTS.has(end.text);
  const eos = specialId(header, 'eos')?.id;
  const data = { ...end, ...(eos === undefined ? {} : { eos }), isKnown };
  return [{ place: entryPlace(entry), data, severity: isKnown ? 'info' : 'warning' }];
}

/** gpt-oss and Solar: an answer ends with `<|return|>` or `<|flush|>`, a past turn with `<|end|>`. */
function isHarmony(header: Header): boolean {
  const ids = tokenFacts(header)?.markerIds;
  return ids !== undefined && (ids.has('<|call|>') || ids.has('<|calls|>'));
}

function nameEnd({ id, eos, isKnown }: UnnamedEnd, header: Header): Fix | undefined {
  const ids = eosIds(header);
  const hasIds = entryOf(header, EOS_IDS_KEY) !== undefined;
  // An `eos_token_ids` that is no list of ids stays as it is.
  const items = hasIds ? ids : eos === undefined ? [] : [eos];
  const list: Edit[] =
    hasIds && ids.length === 0
      ? []
      : [
          {
            op: 'set-metadata',
            key: EOS_IDS_KEY,
            value: { type: 'array', itemType: 'int32', items: [...new Set([...items, id])] },
          },
        ];
  return {
    safety: isKnown && entryOf(header, EOT_KEY) === undefined ? 'safe' : 'unsafe',
    title: `Name token ${id} in ${EOT_KEY}${list.length > 0 ? ` and ${EOS_IDS_KEY}` : ''}`,
    edits: [{ op: 'set-metadata', key: EOT_KEY, value: { type: 'uint32', value: id } }, ...list],
  };
}
