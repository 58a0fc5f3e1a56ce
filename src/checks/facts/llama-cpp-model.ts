import type { Header } from '../../gguf/model.js';
import { KNOWN_ARCHITECTURES } from './architectures.js';
import { architectureOf, kindOf } from './keys.js';

/**
 * Whether it is a model that llama.cpp would load, so that what it does not take is a defect. Speech recognizers, image
 * generators and others keep their weights in GGUF too and go by rules of their own.
 */
export function isLlamaCppModel(header: Header): boolean {
  return kindOf(header) === 'model' && KNOWN_ARCHITECTURES.has(architectureOf(header) ?? '');
}
