import { createReferenceScanner } from './reference-scanner.js';
import type { Scanner } from './scanner.js';
import { createWasmScanner } from './wasm-scanner.js';

let scanner: Scanner | undefined;

/** The fastest scanner that this machine can run, one for each thread. Takes 2.5 MB when it is first asked for. */
export function loadScanner(): Scanner {
  scanner ??= createWasmScanner() ?? createReferenceScanner();
  return scanner;
}
