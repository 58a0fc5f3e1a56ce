import { entryPlace, type Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule, type Fix, type Found } from '../check.js';
import { KNOWN_ARCHITECTURES } from '../facts/architectures.js';
import { entryOf, textOf } from '../facts/keys.js';
import { isWholeModel } from '../facts/whole-model.js';
import { WHOLE_FILE } from '../whole-file.js';

const KEY = 'general.architecture';

/** What the file says of its architecture: nothing, or a name that llama.cpp does not know. */
interface OddArchitecture {
  readonly name?: string;
  /** The name that llama.cpp gives the same architecture. */
  readonly meant?: string;
}

/** No architecture, or one that llama.cpp has no code for. */
export const architecture = defineRule<OddArchitecture>({
  id: 'metadata/architecture',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *', 'ollama >=0.30.0'],
  docs: {
    summary: 'A model says its architecture in `general.architecture`, by a name that llama.cpp knows.',
    why: 'Every reader chooses its code by this name, and the names of all hyperparameters begin with it. Without it nothing loads the file. A name that llama.cpp 0.7.0 does not know is a warning, since a newer one may know it; a name that only Ollama uses is an error.',
    example: '`general.architecture` is missing, or `gptoss` where llama.cpp says `gpt-oss`.',
    remedy:
      'Convert the model again with a converter that knows it. A file with names of its own needs its keys and tensors renamed as well, not only this one.',
    fix: 'Unsafe for `olmo3`: the architecture and the beginning of its keys become `olmo2`, whose code llama.cpp runs such models with. None for other names: tensors would have to be renamed as well.',
    sources: [
      'llama.cpp 0.7.0, src/llama-arch.cpp',
      'ollama/ollama, llama/compat/llama-ollama-compat.cpp: handle_olmo3, handle_gptoss',
    ],
  },
  find: function* ({ header }): Generator<Found<OddArchitecture>> {
    if (!isWholeModel(header)) return;
    const entry = entryOf(header, KEY);
    if (entry === undefined) yield { place: WHOLE_FILE, data: {} };
    const name = textOf(header, KEY);
    if (entry === undefined || name === undefined || KNOWN_ARCHITECTURES.has(name)) return;
    const meant = MEANT.get(name);
    const place = entryPlace(entry);
    yield meant === undefined ? { place, data: { name }, severity: 'warning' } : { place, data: { name, meant } };
  },
  describe: ({ name, meant }) => {
    if (name === undefined) return `'${KEY}' is missing: nothing can load the model`;
    const hint = meant === undefined ? 'a newer one may' : `it calls it '${meant}'`;
    return `'${KEY}' is ${quoted(name)}, which llama.cpp 0.7.0 does not know and refuses; ${hint}`;
  },
  fix: ({ name }, { header }) => (name === 'olmo3' ? renamed(header, name, 'olmo2') : undefined),
});

/** Another name for the architecture and for the keys that begin with it; the tensors have the same names in both. */
function renamed({ metadata }: Header, name: string, to: string): Fix {
  const keys = metadata.map(({ key }) => key).filter((key) => key.startsWith(`${name}.`));
  return {
    safety: 'unsafe',
    title: `Call the architecture ${to} instead of ${name}`,
    edits: [
      { op: 'set-metadata', key: KEY, value: { type: 'string', value: to } },
      ...keys.map((key) => ({ op: 'rename-metadata', key, to: `${to}${key.slice(name.length)}` }) as const),
    ],
  };
}

/** Names of Ollama's own converter. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ['gptoss', 'gpt-oss'],
  ['qwen25vl', 'qwen2vl'],
  ['olmo3', 'olmo2'],
  ['glm4moelite', 'deepseek2'],
]);
