/** `affects` of what ggml's own reader refuses but Ollama's Go reader, which served until 0.30, lets pass. */
export const GGML_READERS: readonly string[] = ['llama.cpp *', 'ollama >=0.30.0'];

/** `affects` of what both llama.cpp and every Ollama refuse, while some other readers do not. */
export const LLAMA_CPP_AND_OLLAMA: readonly string[] = ['llama.cpp *', 'ollama *'];

/** `affects` of what no reader can make sense of. */
export const ALL_READERS: readonly string[] = [];
