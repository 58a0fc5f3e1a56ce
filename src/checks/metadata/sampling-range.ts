import { entryPlace, type Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule, type Found } from '../check.js';
import { entryOf, numberOf } from '../facts/keys.js';

/** A sampling setting outside the range that has a meaning. */
interface OddSetting {
  readonly key: string;
  /** The value as text: JSON has no NaN. */
  readonly value: string;
  readonly expected: string;
}

/** A recommended sampling setting that makes no sense. */
export const samplingRange = defineRule<OddSetting>({
  id: 'metadata/sampling-range',
  severity: 'warning',
  needs: 'header',
  affects: [],
  docs: {
    summary: 'The settings under `general.sampling.` lie in the ranges that have a meaning.',
    why: 'llama.cpp takes them as its defaults for the model. A probability above 1 or a negative temperature switches a sampler off or makes every answer the same.',
    example: '`general.sampling.top_p` is 95, meant as a percentage.',
    remedy: "Take the values from the model's generation_config.json.",
    fix: 'None: what was meant is unknown.',
    sources: ['llama.cpp 0.7.0, common/sampling.cpp', 'gguf-py 0.19, constants.py'],
  },
  find: ({ header }) => oddSettings(header),
  describe: ({ key, value, expected }) => `${quoted(key)} is ${value}, expected ${expected}`,
});

const INFINITE = Number.POSITIVE_INFINITY;

/** Lowest and highest value of each setting. */
const RANGES: Readonly<Record<string, readonly [lowest: number, highest: number]>> = {
  'general.sampling.temp': [0, INFINITE],
  'general.sampling.top_k': [0, INFINITE],
  'general.sampling.top_p': [0, 1],
  'general.sampling.min_p': [0, 1],
  'general.sampling.xtc_probability': [0, 1],
  'general.sampling.xtc_threshold': [0, 1],
  'general.sampling.penalty_last_n': [-1, INFINITE],
  'general.sampling.penalty_repeat': [0, INFINITE],
  'general.sampling.mirostat': [0, 2],
  'general.sampling.mirostat_tau': [0, INFINITE],
  'general.sampling.mirostat_eta': [0, INFINITE],
};

function* oddSettings(header: Header): Generator<Found<OddSetting>> {
  for (const [key, [lowest, highest]] of Object.entries(RANGES)) {
    const entry = entryOf(header, key);
    const value = numberOf(header, key);
    if (entry === undefined || value === undefined) continue;
    if (value >= lowest && value <= highest && value !== INFINITE) continue;
    const expected = highest === INFINITE ? `a number from ${lowest} up` : `a number from ${lowest} to ${highest}`;
    yield { place: entryPlace(entry), data: { key, value: String(value), expected } };
  }
}
