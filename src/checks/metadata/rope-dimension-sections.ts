import { entryPlace } from '../../gguf/model.js';
import { printable, quoted } from '../../gguf/printable.js';
import { isIntegerType } from '../../gguf/value-types.js';
import { firstItems } from '../../gguf/values.js';
import { defineRule } from '../check.js';
import { modelEntry } from '../facts/hyperparameters.js';
import { architectureOf, kindOf } from '../facts/keys.js';

/** Sections of M-RoPE that are not four. */
interface OddSections {
  readonly key: string;
  readonly count: number;
}

/** M-RoPE with another number of sections than four. */
export const ropeDimensionSections = defineRule<OddSections>({
  id: 'metadata/rope-dimension-sections',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *', 'ollama >=0.30.0'],
  docs: {
    summary: '`*.rope.dimension_sections` of the Qwen models with M-RoPE has four elements.',
    why: 'llama.cpp refuses the file: `wrong array length`. Architectures without M-RoPE are not judged.',
    example: "`qwen2vl.rope.dimension_sections` is [16, 24, 24], as in the model's config.json.",
    remedy: 'Apply the fix, or convert the model again.',
    fix: 'Safe for three elements: a fourth section of 0 dimensions is added, which rotates nothing. Nothing is done for other lengths.',
    sources: ["Ollama's compatibility layer for qwen2vl and qwen35", 'llama.cpp 0.7.0, src/models/qwen2vl.cpp'],
  },
  find: ({ header }) => {
    const entry = modelEntry(header, 'rope.dimension_sections');
    if (entry?.count === undefined || entry.count === SECTIONS || kindOf(header) !== 'model') return [];
    if (!MROPE.has(architectureOf(header) ?? '')) return [];
    return [{ place: entryPlace(entry), data: { key: entry.key, count: entry.count } }];
  },
  describe: ({ key, count }) =>
    `${quoted(key)} has ${count} elements, expected ${SECTIONS}: llama.cpp refuses the file`,
  fix: ({ key, count }, { header }) => {
    const entry = modelEntry(header, 'rope.dimension_sections');
    const itemType = entry?.itemType;
    if (entry === undefined || itemType === undefined || !isIntegerType(itemType) || count !== SECTIONS - 1) {
      return undefined;
    }
    const items = [...firstItems(entry, SECTIONS), itemType.endsWith('64') ? 0n : 0];
    return {
      safety: 'safe',
      title: `Add a fourth section of 0 to ${printable(key)}`,
      edits: [{ op: 'set-metadata', key, value: { type: 'array', itemType, items } }],
    };
  },
});

const SECTIONS = 4;

const MROPE: ReadonlySet<string> = new Set(['qwen2vl', 'qwen3vl', 'qwen3vlmoe', 'qwen35', 'qwen35moe']);
