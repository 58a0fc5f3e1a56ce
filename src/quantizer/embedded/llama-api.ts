import type { CType, LlamaLibrary, Pointer } from './library.js';
import { CONTEXT_PARAMS, MODEL_PARAMS } from './structs.js';

const HANDLE = 'void *';

/** `struct llama_batch`. A null `pos` or `seq_id` means consecutive positions of sequence 0. */
const BATCH_MEMBERS = {
  n_tokens: 'int32_t',
  token: 'int32_t *',
  embd: 'float *',
  pos: 'int32_t *',
  n_seq_id: 'int32_t *',
  seq_id: 'void *',
  logits: 'int8_t *',
} as const;

/** `struct gguf_init_params`. */
const GGUF_INIT_MEMBERS = { no_alloc: 'bool', ctx: 'void *' } as const;

/** The functions of llama.cpp that a probe calls, bound once. Names follow llama.h and gguf.h. */
export type LlamaApi = ReturnType<typeof bindLlamaApi>;

/** Binds them, after checking the two structs that are passed by value. Throws `unavailable`. */
export function bindLlamaApi(library: LlamaLibrary) {
  const modelParams = library.struct(MODEL_PARAMS);
  const contextParams = library.struct(CONTEXT_PARAMS);
  const batch = library.koffi.struct(BATCH_MEMBERS);
  const ggufInit = library.koffi.struct(GGUF_INIT_MEMBERS);
  const ofHandle = <Result>(name: string, result: CType) => library.sync<Result>('llama', name, result, [HANDLE]);

  return {
    modelDefaults: modelParams.defaults,
    contextDefaults: contextParams.defaults,

    backendInit: library.sync<void>('llama', 'llama_backend_init', 'void', []),
    loadBackends: library.sync<void>('ggml', 'ggml_backend_load_all_from_path', 'void', ['const char *']),

    openHeader: library.async<Pointer | null>('base', 'gguf_init_from_file', HANDLE, ['const char *', ggufInit]),
    keyCount: library.sync<number>('base', 'gguf_get_n_kv', 'int64_t', [HANDLE]),
    tensorCount: library.sync<number>('base', 'gguf_get_n_tensors', 'int64_t', [HANDLE]),
    closeHeader: library.sync<void>('base', 'gguf_free', 'void', [HANDLE]),

    loadModel: library.async<Pointer | null>('llama', 'llama_model_load_from_file', HANDLE, [
      'const char *',
      modelParams.type,
    ]),
    describe: library.sync<number>('llama', 'llama_model_desc', 'int32_t', [HANDLE, 'uint8_t *', 'size_t']),
    parameterCount: ofHandle<number | bigint>('llama_model_n_params', 'uint64_t'),
    layers: ofHandle<number>('llama_model_n_layer', 'int32_t'),
    contextLength: ofHandle<number>('llama_model_n_ctx_train', 'int32_t'),
    hasEncoder: ofHandle<boolean>('llama_model_has_encoder', 'bool'),

    vocabulary: ofHandle<Pointer>('llama_model_get_vocab', HANDLE),
    vocabularyKind: ofHandle<number>('llama_vocab_type', 'int32_t'),
    vocabularySize: ofHandle<number>('llama_vocab_n_tokens', 'int32_t'),
    tokenize: library.sync<number>('llama', 'llama_tokenize', 'int32_t', [
      HANDLE,
      'const char *',
      'int32_t',
      'int32_t *',
      'int32_t',
      'bool',
      'bool',
    ]),

    beginToken: ofHandle<number>('llama_vocab_bos', 'int32_t'),

    openContext: library.async<Pointer | null>('llama', 'llama_init_from_model', HANDLE, [HANDLE, contextParams.type]),
    memoryOf: ofHandle<Pointer | null>('llama_get_memory', HANDLE),
    clearMemory: library.sync<void>('llama', 'llama_memory_clear', 'void', [HANDLE, 'bool']),
    decode: library.async<number>('llama', 'llama_decode', 'int32_t', [HANDLE, batch]),
    logitsAt: library.sync<Pointer | null>('llama', 'llama_get_logits_ith', HANDLE, [HANDLE, 'int32_t']),
  };
}
