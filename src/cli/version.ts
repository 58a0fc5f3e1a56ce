import { readFileSync } from 'node:fs';

/** Version of the installed package. */
export function packageVersion(): string {
  // The same relative path holds from src/cli and from dist/cli.
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version }: { readonly version: string } = JSON.parse(text);
  return version;
}
