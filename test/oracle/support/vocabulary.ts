import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BuilderValue, type GgufBuilder, gguf } from '../../support/gguf-builder.js';

/** What llama.cpp makes of a vocabulary and a text. */
export interface Tokenized {
  /** `refused`: an error; `aborted`: the process ended by a signal. */
  readonly outcome: 'read' | 'refused' | 'aborted';
  /** The tokens of the text. */
  readonly texts: readonly string[];
  /** The ids at which generation stops, in ascending order. */
  readonly stops: readonly number[];
  /** Everything that was printed. */
  readonly words: string;
}

/** The type of each token by its text: `<0x41>` a byte, `<…>` and `[…]` control, everything else normal. */
const typeOf = (text: string): number => (/^<0x..>$/.test(text) ? 6 : /^[<[].+[>\]]$/s.test(text) ? 3 : 1);

/** A file without tensors of which llama.cpp reads the vocabulary: these tokens, typed by their texts, and these keys. */
export function vocabularyFile(
  architecture: string,
  model: string,
  tokens: readonly string[],
  keys: Readonly<Record<string, BuilderValue>> = {},
): GgufBuilder {
  const u32 = (value: number): BuilderValue => ({ type: 'uint32', value });
  const start = gguf()
    .metadata('general.architecture', { type: 'string', value: architecture })
    .metadata(`${architecture}.block_count`, u32(1))
    .metadata(`${architecture}.context_length`, u32(128))
    .metadata(`${architecture}.embedding_length`, u32(32))
    .metadata(`${architecture}.feed_forward_length`, u32(64))
    .metadata(`${architecture}.attention.head_count`, u32(2))
    .metadata(`${architecture}.attention.layer_norm_rms_epsilon`, { type: 'float32', value: 1e-5 })
    .metadata('tokenizer.ggml.model', { type: 'string', value: model })
    .metadata('tokenizer.ggml.tokens', { type: 'array', itemType: 'string', items: tokens })
    .metadata('tokenizer.ggml.scores', { type: 'array', itemType: 'float32', items: tokens.map((_, id) => -id) })
    .metadata('tokenizer.ggml.token_type', { type: 'array', itemType: 'int32', items: tokens.map(typeOf) });
  return Object.entries(keys).reduce((file, [key, value]) => file.metadata(`tokenizer.ggml.${key}`, value), start);
}

/** The byte tokens that every SentencePiece vocabulary has. */
export const BYTE_TOKENS: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
);

/** Lets llama-tokenize cut a text with the vocabulary of a file. */
export function tokenize(bytes: Uint8Array, text: string, folder: string): Tokenized {
  const file = path.join(folder, 'vocabulary.gguf');
  writeFileSync(file, bytes);
  // It logs asynchronously and now and then ends before all is out.
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const result = runTokenize(file, text);
    if (result.outcome !== 'read' || result.words.includes('max token length')) return result;
  }
  throw new Error('llama-tokenize printed no facts of its vocabulary, three times');
}

function runTokenize(file: string, text: string): Tokenized {
  const env = { ...process.env, LLAMA_ARG_LOG_VERBOSITY: '10', GGML_NO_BACKTRACE: '1' };
  const run = spawnSync('llama-tokenize', ['-m', file, '-p', text], { encoding: 'utf8', env });
  if (run.error !== undefined) throw run.error;
  const words = `${run.stdout}${run.stderr}`;
  const outcome = run.signal !== null ? 'aborted' : run.status === 0 ? 'read' : 'refused';
  return {
    outcome,
    texts: [...run.stdout.matchAll(/^ *\d+ -> '(.*)'$/gm)].map(([, token = '']) => token),
    stops: [...words.matchAll(/EOG token {13}= (\d+) /g)].map(([, id]) => Number(id)).sort((a, b) => a - b),
    words,
  };
}
