import path from 'node:path';
import { describe } from 'vitest';

/** The folder of real test files, or `undefined` where this clone has none. */
export const dataFolder: string | undefined = process.env['GGUFIX_DATA'];

/** A path in the folder of real test files. Only for use inside `describeWithData`. */
export function dataPath(...parts: readonly string[]): string {
  return path.join(dataFolder ?? '', ...parts);
}

/** A `describe` that is skipped, with the reason in its title, where GGUFIX_DATA is not set. */
export function describeWithData(title: string, body: () => void): void {
  if (dataFolder === undefined) describe.skip(`${title} (skipped: GGUFIX_DATA is not set)`, body);
  else describe(title, body);
}
