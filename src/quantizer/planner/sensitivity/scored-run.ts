import { GgufError } from '../../../errors.js';
import type { LlamaLibrary, Pointer } from '../../embedded/library.js';
import { bindLlamaApi, type LlamaApi } from '../../embedded/llama-api.js';
import { type GraphWatch, watchGraph } from './graph.js';
import type { Extent, NoiseQuestion } from './protocol.js';
import { decodeTokens, type PlacedToken } from './token-batch.js';

/** A model in llama.cpp, ready to compute. */
export interface ScoredRun {
  readonly vocabularySize: number;
  readonly watch: GraphWatch;
  /** The token that texts begin with; -1 where the vocabulary has none. */
  readonly beginToken: number;
  /** Tokens of a text, at most `limit`, its begin token included. */
  tokenize(text: string, limit: number): readonly number[];
  /** Computes tokens and gives the scores after each that is scored: a row of `vocabularySize` for each, in order. */
  scores(tokens: readonly PlacedToken[]): Promise<Float32Array>;
  /** Forgets all tokens so far. */
  clear(): void;
}

/** `enum llama_load_mode`. */
const LOAD_MODE_MMAP = 1;

/** Loads the model on the CPU. Throws `unavailable` where llama.cpp cannot run it or it gives no scores. */
export async function openRun(
  library: LlamaLibrary,
  question: Extract<NoiseQuestion, { kind: 'open' }>,
): Promise<ScoredRun> {
  const api = bindLlamaApi(library);
  api.backendInit();
  api.loadBackends(question.package.folder);
  const model = await loadModel(api, question.path);
  const watch = watchGraph(library);
  const context = await openContext(api, model, watch, question);
  const memory = api.memoryOf(context);
  const vocabulary = api.vocabulary(model);
  const vocabularySize = api.vocabularySize(vocabulary);
  return {
    vocabularySize,
    watch,
    beginToken: api.beginToken(vocabulary),
    tokenize: (text, limit) => tokenize(api, vocabulary, text, limit),
    clear: () => memory !== null && api.clearMemory(memory, true),
    async scores(tokens) {
      const status = await decodeTokens(library, api, context, tokens);
      if (status !== 0) throw unavailable(`llama.cpp fails to compute ${tokens.length} tokens (${status})`);
      return collectScores(library, api, context, tokens, vocabularySize);
    },
  };
}

async function loadModel(api: LlamaApi, path: string): Promise<Pointer> {
  const model = await api.loadModel(path, {
    ...api.modelDefaults,
    devices: new BigUint64Array(1), // an empty list: no GPU, whose memory could not be reached
    n_gpu_layers: 0,
    load_mode: LOAD_MODE_MMAP,
    use_extra_bufts: false, // weights stay as the file has them: the lengths of their rows are read
  });
  if (model === null) throw unavailable('the embedded llama.cpp does not load the model');
  if (api.hasEncoder(model)) throw unavailable('the model has an encoder and gives no scores of tokens');
  return model;
}

async function openContext(
  api: LlamaApi,
  model: Pointer,
  watch: GraphWatch,
  { extent, threads }: { readonly extent: Extent; readonly threads: number },
): Promise<Pointer> {
  const tokens = extent.sequences * (extent.unscored + extent.scored);
  const context = await api.openContext(model, {
    ...api.contextDefaults,
    n_ctx: tokens,
    n_batch: tokens,
    n_ubatch: tokens, // noise is for all tokens at once
    n_seq_max: extent.sequences,
    n_outputs_max: tokens,
    n_outputs_max_per_seq: tokens,
    n_threads: threads,
    n_threads_batch: threads,
    swa_full: false,
    kv_unified: false,
    cb_eval: watch.callback,
  });
  if (context === null) throw unavailable('the embedded llama.cpp opens no context of the model');
  return context;
}

function tokenize(api: LlamaApi, vocabulary: Pointer, text: string, limit: number): readonly number[] {
  const bytes = Buffer.byteLength(text);
  const tokens = new Int32Array(bytes + 2); // no tokenizer makes more tokens than bytes, begin and end aside
  const count = api.tokenize(vocabulary, text, bytes, tokens, tokens.length, true, false);
  return [...tokens.subarray(0, Math.min(Math.max(count, 0), limit))];
}

function collectScores(
  library: LlamaLibrary,
  api: LlamaApi,
  context: Pointer,
  tokens: readonly PlacedToken[],
  size: number,
): Float32Array {
  const scored = tokens.flatMap(({ isScored }, index) => (isScored ? [index] : []));
  const all = new Float32Array(scored.length * size);
  for (const [row, index] of scored.entries()) {
    const address = api.logitsAt(context, index);
    if (address === null) throw unavailable('llama.cpp gives no scores of a token');
    all.set(new Float32Array(library.koffi.view(address, size * Float32Array.BYTES_PER_ELEMENT)), row * size);
  }
  return all;
}

function unavailable(what: string): GgufError<'unavailable'> {
  return new GgufError('unavailable', what, { what });
}
