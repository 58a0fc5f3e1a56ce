import { type GgufBuilder, gguf } from './gguf-builder.js';

/** Bytes that differ at every place, so that a misplaced tensor shows. */
export function patternBytes(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 97 + (i >> 8)) & 0xff);
}

/** A small file with keys of several types and five tensors of different sizes, all canonical. */
export function smallModel(): GgufBuilder {
  const sizes = [40, 2048, 24, 512, 96];
  return sizes.reduce(
    (model, size, i) => model.tensor(`blk.${i}.weight`, 'I8', [size], { bytes: patternBytes(size, i) }),
    gguf()
      .metadata('general.architecture', { type: 'string', value: 'gemma3n' })
      .metadata('general.name', { type: 'string', value: 'small' })
      .metadata('gemma3n.block_count', { type: 'uint32', value: 30 })
      .metadata('gemma3n.attention.shared_kv_layers', { type: 'float32', value: 10 })
      .metadata('tokenizer.chat_template', { type: 'string', value: '{{ bos_token }}' })
      .metadata('tokenizer.ggml.tokens', { type: 'array', itemType: 'string', items: ['<pad>', '\ufeff', 'a'] })
      .metadata('general.file_type', { type: 'uint32', value: 15 }),
  );
}
