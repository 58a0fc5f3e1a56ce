import type { Converter } from './converter.js';
import { createReferenceConverter } from './reference-converter.js';
import { createWasmConverter } from './wasm-converter.js';

let converter: Converter | undefined;

/** The fastest converter that this machine can run, one for each thread. Takes 2.5 MB when it is first asked for. */
export function loadConverter(): Converter {
  converter ??= createWasmConverter() ?? createReferenceConverter();
  return converter;
}
