import { entryPlace, type Header } from '../../gguf/model.js';
import { printable, quoted } from '../../gguf/printable.js';
import { isFloatType } from '../../gguf/value-types.js';
import { scalarValue } from '../../gguf/values.js';
import { defineRule, type Found } from '../check.js';
import { modelEntry } from '../facts/hyperparameters.js';
import { entryOf, kindOf, modelKey } from '../facts/keys.js';

/** A RoPE setting under a name that llama.cpp does not look for. */
interface OtherName {
  readonly key: string;
  readonly flat: string;
}

/** RoPE settings under the nested names of other converters. */
export const nestedRopeKey = defineRule<OtherName>({
  id: 'metadata/nested-rope-key',
  severity: 'warning',
  needs: 'header',
  affects: ['llama.cpp *', 'ollama >=0.30.0'],
  docs: {
    summary: 'RoPE settings stand under the names that llama.cpp looks for.',
    why: 'llama.cpp does not find `rope.global.freq_base` and takes its default: answers get worse with the length of the text, without any message.',
    example: '`gemma3.rope.local.freq_base` and no `gemma3.rope.freq_base_swa`, as Ollama wrote it.',
    remedy: 'Apply the fix. The old name stays for readers that look for it.',
    fix: 'Safe: the same float is written under the other name as well, and the old key is kept. Nothing is done where the value is no float.',
    sources: ["Ollama's compatibility layer for gemma3 and mistral3"],
  },
  find: ({ header }) => (kindOf(header) === 'model' ? [...otherNames(header)] : []),
  describe: ({ key, flat }) => `${quoted(key)} is not read by llama.cpp, which looks for ${quoted(flat)}`,
  fix: ({ key, flat }, { header }) => {
    const entry = entryOf(header, key);
    if (entry === undefined || !isFloatType(entry.type)) return undefined;
    const value = Number(scalarValue(entry));
    if (!Object.is(Math.fround(value), value)) return undefined;
    return {
      safety: 'safe',
      title: `Write ${printable(key)} as ${printable(flat)} too`,
      edits: [{ op: 'set-metadata', key: flat, value: { type: 'float32', value } }],
    };
  },
});

const FLAT_NAMES = [
  ['rope.global.freq_base', 'rope.freq_base'],
  ['rope.local.freq_base', 'rope.freq_base_swa'],
  ['rope.scaling.beta_fast', 'rope.scaling.yarn_beta_fast'],
  ['rope.scaling.beta_slow', 'rope.scaling.yarn_beta_slow'],
] as const;

function* otherNames(header: Header): Generator<Found<OtherName>> {
  for (const [nested, name] of FLAT_NAMES) {
    const entry = modelEntry(header, nested);
    const flat = modelKey(header, name);
    if (entry === undefined || flat === undefined || entryOf(header, flat) !== undefined) continue;
    yield { place: entryPlace(entry), data: { key: entry.key, flat } };
  }
}
