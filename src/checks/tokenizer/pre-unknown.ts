import { entryPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { entryOf, textOf } from '../facts/keys.js';

const KEY = 'tokenizer.ggml.pre';

/** A pre-tokenizer that llama.cpp does not know. */
interface UnknownPre {
  readonly found: string;
}

/** Pre-tokenizers that llama.cpp 0.7.0 knows. */
const KNOWN: ReadonlySet<string> = new Set(
  `default llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2 minicpm5 deepseek-llm deepseek-coder
  deepseek-v3 spark2_5 youtu falcon mpt starcoder gpt-2 phi-2 gigachat a.x-4.0 mellum modern-bert exaone4 jais-2 gemma4
  sarvam-moe roberta-bpe whitespace refact command-r qwen2 deepseek-r1-qwen kormo f2llmv2 megrez qwen35 stablelm2 olmo
  dbrx smaug-bpe poro-chat glm4 chatglm-bpe viking jais tekken smollm codeshell bloom gpt3-finnish exaone exaone-moe
  chameleon minerva-7b gpt-4o llama4 kanana2 talkie tiny_aya cohere2moe superbpe trillion granite-docling bailingmoe
  bailingmoe2 llada-moe seed-coder hunyuan hunyuan-dense hy_v4 joyai-llm kimi-k2 ufakzeka grok-2 afmoe laguna
  minimax-m2 solar-open mellum2`.split(/\s+/),
);

/** Families whose members are not listed one by one. */
const KNOWN_PREFIXES: readonly string[] = ['jina-', 'granite-embed-multi-'];

/** A gpt2 tokenizer with a pre-tokenizer that nobody knows. */
export const preUnknown = defineRule<UnknownPre>({
  id: 'tokenizer/pre-unknown',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'The pre-tokenizer of a gpt2 tokenizer is one that llama.cpp knows.',
    why: 'llama.cpp refuses to load the file: `unknown pre-tokenizer type`. Other tokenizers do not look at the key.',
    example: '`tokenizer.ggml.pre` is `llama-3`, which should be `llama-bpe`.',
    remedy:
      'Set the name that current files of the same model have. A name that is newer than llama.cpp 0.7.0 needs a newer llama.cpp.',
    fix: 'None: the tokens do not tell which pre-tokenizer the model was trained with.',
    sources: ['llama.cpp 0.7.0, llama-vocab.cpp', 'llama.cpp#12122'],
  },
  *find({ header }) {
    const entry = entryOf(header, KEY);
    const found = textOf(header, KEY);
    if (entry === undefined || found === undefined || textOf(header, 'tokenizer.ggml.model') !== 'gpt2') return;
    if (KNOWN.has(found) || KNOWN_PREFIXES.some((prefix) => found.startsWith(prefix))) return;
    yield { place: entryPlace(entry), data: { found } };
  },
  describe: ({ found }) =>
    `'${KEY}' is ${quoted(found)}, which is no pre-tokenizer that llama.cpp 0.7.0 knows: it refuses to load the file`,
});
