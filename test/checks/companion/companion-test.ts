import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';

const text = (value: string) => ({ type: 'string', value }) as const;

/** The start of a companion file of this `general.type`. */
export function companion(type: 'adapter' | 'imatrix' | 'mmproj'): GgufBuilder {
  return gguf().metadata('general.type', text(type));
}

/** An adapter with the keys that it needs. */
export function adapter(): GgufBuilder {
  return companion('adapter')
    .metadata('general.architecture', text('llama'))
    .metadata('adapter.type', text('lora'))
    .metadata('adapter.lora.alpha', { type: 'float32', value: 16 });
}

/** A projector with the keys that it needs. */
export function projector(): GgufBuilder {
  return companion('mmproj')
    .metadata('general.architecture', text('clip'))
    .metadata('clip.has_vision_encoder', { type: 'bool', value: true })
    .metadata('clip.projector_type', text('gemma3'));
}
