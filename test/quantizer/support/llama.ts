import { existsSync } from 'node:fs';
import { describe } from 'vitest';
import { isGgufError } from '../../../src/errors.js';
import { locateLlama } from '../../../src/quantizer/embedded/locate.js';

/** The compiled child script: a child process of Node 20 cannot run TypeScript. */
export const childUrl = new URL('../../../dist/quantizer/embedded/probe-child.js', import.meta.url);

const missing = existsSync(childUrl)
  ? await locateLlama().then(
      () => undefined,
      (error: unknown) => (isGgufError(error, 'unavailable') ? error.message : Promise.reject(error)),
    )
  : 'the project is not built';

/** A `describe` that is skipped, with the reason in its title, where llama.cpp cannot be opened. */
export function describeWithLlama(title: string, body: () => void): void {
  if (missing === undefined) describe(title, body);
  else describe.skip(`${title} (skipped: ${missing})`, body);
}
