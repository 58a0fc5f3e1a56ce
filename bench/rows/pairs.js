/** Types that `per_layer_token_embd.weight` comes in and that Ollama's engine does not read, and F16. */
export const SOURCES = /** @type {const} */ (['F16', 'BF16', 'Q4_K', 'Q6_K']);

/** Types that it is requantized to. */
export const TARGETS = /** @type {const} */ (['Q8_0', 'Q5_1', 'Q5_0', 'Q4_1', 'Q4_0']);
