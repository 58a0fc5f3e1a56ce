import type { LlamaLibrary, Pointer } from './library.js';
import { bindLlamaApi, type LlamaApi } from './llama-api.js';
import { MAX_PROMPT_TOKENS, type ProbeReply, type ProbeRequest, type ProbeStage } from './probe-protocol.js';

/** Plain words, so that every tokenizer knows them. */
const PROMPT = 'The quick brown fox jumps over the lazy dog, and then';
/** `enum llama_load_mode`. */
const LOAD_MODE_MMAP = 1;
/** `enum llama_vocab_type`: the file has no tokenizer. */
const VOCABULARY_NONE = 0;

type LoadedProbe = Extract<ProbeReply, { kind: 'loaded' }>['probe'];

/** A step that llama.cpp refused. */
class Refusal extends Error {
  readonly stage: ProbeStage;
  constructor(stage: ProbeStage) {
    super(`refused: ${stage}`);
    this.stage = stage;
  }
}

/** Loads the model that `request` names and runs its prompt. Frees neither model nor context: the process is about to end. */
export async function probeWith(library: LlamaLibrary, request: ProbeRequest): Promise<ProbeReply> {
  try {
    return { kind: 'loaded', probe: await probe(library, request) };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', stage: error.stage };
    throw error;
  }
}

async function probe(library: LlamaLibrary, request: ProbeRequest): Promise<LoadedProbe> {
  const api = bindLlamaApi(library);
  api.backendInit();
  api.loadBackends(request.package.folder);

  const counts = await countEntries(api, request.path);
  const model = await loadModel(api, request);
  const vocabulary = api.vocabulary(model);
  const vocabularySize = api.vocabularySize(vocabulary);
  const tokens = request.tokens ?? promptTokens(api, vocabulary);
  if (tokens.length === 0 || tokens.some((token) => token >= vocabularySize)) throw new Refusal('tokens');

  return {
    llamaVersion: library.release,
    description: describe(api, model),
    ...counts,
    parameterCount: Number(api.parameterCount(model)),
    layers: api.layers(model),
    vocabularySize,
    contextLength: api.contextLength(model),
    tokens,
    logits: await forwardPass(library, api, { model, tokens, vocabularySize, threads: request.threads }),
  };
}

async function countEntries(api: LlamaApi, path: string): Promise<Pick<LoadedProbe, 'keyCount' | 'tensorCount'>> {
  const header = await api.openHeader(path, { no_alloc: true, ctx: null });
  if (header === null) throw new Refusal('header');
  const counts = { keyCount: api.keyCount(header), tensorCount: api.tensorCount(header) };
  api.closeHeader(header);
  return counts;
}

async function loadModel(api: LlamaApi, { path, checkTensors }: ProbeRequest): Promise<Pointer> {
  const model = await api.loadModel(path, {
    ...api.modelDefaults,
    devices: new BigUint64Array(1), // an empty list: no GPU, not even for single operations
    n_gpu_layers: 0,
    load_mode: LOAD_MODE_MMAP,
    use_extra_bufts: false, // weights stay mapped as the file has them, not repacked in memory
    check_tensors: checkTensors,
  });
  if (model === null) throw new Refusal('model');
  return model;
}

function promptTokens(api: LlamaApi, vocabulary: Pointer): number[] {
  if (api.vocabularyKind(vocabulary) === VOCABULARY_NONE) return [0, 1, 2, 3];
  const tokens = new Int32Array(MAX_PROMPT_TOKENS);
  const count = api.tokenize(vocabulary, PROMPT, PROMPT.length, tokens, tokens.length, true, false);
  return [...tokens.subarray(0, Math.max(count, 0))];
}

function describe(api: LlamaApi, model: Pointer): string {
  const text = Buffer.alloc(256);
  const length = api.describe(model, text, text.length);
  return text.toString('utf8', 0, Math.min(Math.max(length, 0), text.length - 1));
}

interface Pass {
  readonly model: Pointer;
  readonly tokens: readonly number[];
  readonly vocabularySize: number;
  readonly threads: number;
}

/** One batch with an output at every position. Encoders take no such batch and have no rows. */
async function forwardPass(library: LlamaLibrary, api: LlamaApi, pass: Pass): Promise<Float32Array[]> {
  const { model, tokens, vocabularySize, threads } = pass;
  if (api.hasEncoder(model)) return [];
  const count = tokens.length;
  const context = await api.openContext(model, {
    ...api.contextDefaults,
    n_ctx: MAX_PROMPT_TOKENS,
    n_batch: count,
    n_ubatch: count,
    n_outputs_max: count,
    n_outputs_max_per_seq: count,
    n_threads: threads,
    n_threads_batch: threads,
    swa_full: false,
  });
  if (context === null) throw new Refusal('context');

  const status = await api.decode(context, {
    n_tokens: count,
    token: Int32Array.from(tokens),
    embd: null,
    pos: null,
    n_seq_id: null,
    seq_id: null,
    logits: new Int8Array(count).fill(1),
  });
  if (status !== 0) throw new Refusal('decode');

  const row = library.koffi.array('float', vocabularySize, 'Typed');
  const addresses = tokens.map((_, position) => api.logitsAt(context, position)).filter((address) => address !== null);
  return addresses.map((address) => library.koffi.decode(address, row) as Float32Array); // 'Typed' array of float
}
