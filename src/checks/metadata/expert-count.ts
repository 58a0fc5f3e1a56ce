import { entryPlace, type Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule, type Found } from '../check.js';
import { integerOf, modelEntry, valuesByLayer } from '../facts/hyperparameters.js';
import { architectureOf } from '../facts/keys.js';
import { isLlamaCppModel } from '../facts/llama-cpp-model.js';

/** Numbers of experts that contradict each other. */
interface OddExperts {
  readonly key: string;
  readonly experts: number;
  /** The largest number used of any layer. */
  readonly used: number;
}

/** More experts than llama.cpp has room for, more used than there are, or none used. */
export const expertCount = defineRule<OddExperts>({
  id: 'metadata/expert-count',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *', 'ollama >=0.30.0'],
  docs: {
    summary: 'A model has as many experts as llama.cpp has room for, and uses at least one and at most all of them.',
    why: 'llama.cpp stops the whole process (an assertion) instead of refusing the file; a server that loads it dies.',
    example: '`llama.expert_count` is 8 and `llama.expert_used_count` is missing.',
    remedy: "Take both numbers from the model's config.json.",
    fix: 'None: the numbers cannot be told from each other.',
    sources: ['llama.cpp 0.7.0, src/llama-model.cpp: LLAMA_MAX_EXPERTS'],
  },
  find: ({ header }) => (isLlamaCppModel(header) ? oddExperts(header) : []),
  describe: ({ key, experts, used }) =>
    `${quoted(key)}: ${obstacle(experts, used)}: llama.cpp aborts when it loads the file`,
});

const MAX_EXPERTS = 1024;

/** Models without experts that say how many of them are used, and that llama.cpp loads all the same. */
const MAY_USE_NONE: ReadonlySet<string> = new Set(['hunyuan-dense', 'hunyuan_vl']);

function oddExperts(header: Header): Found<OddExperts>[] {
  const experts = integerOf(header, 'expert_count') ?? 0;
  const used = Math.max(0, ...valuesByLayer(header, 'expert_used_count'));
  const entry = modelEntry(header, 'expert_count') ?? modelEntry(header, 'expert_used_count');
  if (entry === undefined || obstacle(experts, used) === undefined) return [];
  if (experts === 0 && MAY_USE_NONE.has(architectureOf(header) ?? '')) return [];
  return [{ place: entryPlace(entry), data: { key: entry.key, experts, used } }];
}

function obstacle(experts: number, used: number): string | undefined {
  if (experts > MAX_EXPERTS) return `${experts} experts, but there is room for ${MAX_EXPERTS}`;
  if (used > experts) return `${used} experts are used of ${experts}`;
  return experts > 0 && used === 0 ? `none of ${experts} experts is used` : undefined;
}
