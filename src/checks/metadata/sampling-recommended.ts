import { entryPlace, type Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule, type Found } from '../check.js';
import { architectureOf, entryOf, kindOf, numberOf } from '../facts/keys.js';

/** A sampling setting of Gemma 3n other than the recommended one. */
interface OtherSetting {
  readonly key: string;
  /** The value as text: JSON has no NaN. */
  readonly value: string;
  readonly recommended: number;
}

/** Sampling settings in a Gemma 3n file that its makers do not recommend. */
export const samplingRecommended = defineRule<OtherSetting>({
  id: 'metadata/sampling-recommended',
  severity: 'info',
  needs: 'header',
  affects: [],
  docs: {
    summary:
      'Sampling settings in a Gemma 3n file are the recommended ones: temp 1.0, top_k 64, top_p 0.95, min_p 0.0.',
    why: 'llama.cpp takes settings under `general.sampling.` as its defaults for the model. A file without them is fine: then the program decides.',
    example: '`general.sampling.temp` is 0.8 in a Gemma 3n file.',
    remedy: 'Apply the fix with `--unsafe`, unless the file was tuned for other settings.',
    fix: 'Unsafe: the recommended value is written in place of another one that somebody chose.',
    sources: ['Unsloth, "Gemma 3n: how to run and fine-tune"', 'generation_config.json of Gemma 3n'],
  },
  find: ({ header }) =>
    architectureOf(header) === 'gemma3n' && kindOf(header) === 'model' ? otherSettings(header) : [],
  describe: ({ key, value, recommended }) => `${quoted(key)} is ${value}; for Gemma 3n ${recommended} is recommended`,
  fix: ({ key, recommended }) => ({
    safety: 'unsafe',
    title: `Set ${key} to ${recommended}`,
    edits: [
      {
        op: 'set-metadata',
        key,
        value:
          key === TOP_K ? { type: 'int32', value: recommended } : { type: 'float32', value: Math.fround(recommended) },
      },
    ],
  }),
});

const TOP_K = 'general.sampling.top_k';

const RECOMMENDED: ReadonlyMap<string, number> = new Map([
  ['general.sampling.temp', 1],
  [TOP_K, 64],
  ['general.sampling.top_p', 0.95],
  ['general.sampling.min_p', 0],
]);

function* otherSettings(header: Header): Generator<Found<OtherSetting>> {
  for (const [key, recommended] of RECOMMENDED) {
    const entry = entryOf(header, key);
    const value = numberOf(header, key);
    if (entry === undefined || value === undefined || Math.fround(value) === Math.fround(recommended)) continue;
    yield { place: entryPlace(entry), data: { key, value: String(value), recommended } };
  }
}
