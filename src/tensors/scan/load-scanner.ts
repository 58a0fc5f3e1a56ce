import type { Scanner } from './scanner.js';
import { createWasmScanner } from './wasm-scanner.js';

let scanner: Promise<Scanner> | undefined;

/** The fastest scanner that this machine can run, one for each thread. Takes 2.5 MB when it is first asked for. */
export function loadScanner(): Promise<Scanner> {
  scanner ??= createScanner();
  return scanner;
}

async function createScanner(): Promise<Scanner> {
  return createWasmScanner() ?? (await import('./reference-scanner.js')).createReferenceScanner();
}
