import { spawn } from 'node:child_process';
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

/** What llama.cpp prints last of a vocabulary, before it waits for the text. */
const LAST_FACT = 'max token length';

/** Lets llama-tokenize cut a text with the vocabulary of a file. */
export async function tokenize(bytes: Uint8Array, text: string, folder: string): Promise<Tokenized> {
  const file = path.join(folder, 'vocabulary.gguf');
  writeFileSync(file, bytes);
  const { stdout, words, code, signal } = await runTokenize(file, text);
  const outcome = signal !== null ? 'aborted' : code === 0 ? 'read' : 'refused';
  return {
    outcome,
    texts: [...stdout.matchAll(/^ *\d+ -> '(.*)'$/gm)].map(([, token = '']) => token),
    stops: [...words.matchAll(/EOG token {13}= (\d+) /g)].map(([, id]) => Number(id)).sort((a, b) => a - b),
    words,
  };
}

interface Run {
  readonly stdout: string;
  /** Both streams as they came. */
  readonly words: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The text is given once the facts are out: it logs on a thread that ends with it, printed or not. */
function runTokenize(file: string, text: string): Promise<Run> {
  const env = { ...process.env, LLAMA_ARG_LOG_VERBOSITY: '10', GGML_NO_BACKTRACE: '1' };
  const child = spawn('llama-tokenize', ['-m', file, '--stdin'], { env });
  let [stdout, words] = ['', ''];
  const read = (chunk: string): void => {
    words += chunk;
    if (words.includes(LAST_FACT)) child.stdin.end(text);
  };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    read(chunk);
  });
  child.stderr.setEncoding('utf8').on('data', read);
  // One that refuses the file is gone before it is given the text.
  child.stdin.on('error', () => {});
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ stdout, words, code, signal }));
  });
}
