import path from 'node:path';
import type { BatchResults, OutputResult } from '../../batch/results/results.js';
import { parseChecksums } from '../../sources/checksums.js';
import { parseShardName } from '../../sources/shard-name.js';

/** The lines of a `SHA256SUMS` in the output folder for every file of the results, as `sha256sum` writes them. */
export function checksumsText(results: BatchResults): string {
  const imatrices = results.models.flatMap(({ imatrix }) => imatrix ?? []);
  const files = [...imatrices, ...doneOutputs(results).flatMap((output) => output.files)];
  return files.flatMap(({ path: name, sha256 }) => (sha256 === undefined ? [] : [checksumLine(name, sha256)])).join('');
}

/**
 * A `SHA256SUMS` that is there, with the lines of the results. Other lines stay byte for byte and in front, whatever encoding
 * their names have; those of shards that an output had before go. Lines of outputs that are not done stay too: what is at their
 * place, if anything, is what it was.
 */
export function mergeChecksums(existing: Uint8Array, results: BatchResults): Uint8Array {
  const isReplaced = replacedBy(results);
  const lines =
    Buffer.from(existing)
      .toString('latin1')
      .match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const kept = lines.filter((line) => {
    const [parsed] = parseChecksums(Buffer.from(line, 'latin1').toString('utf8'));
    return parsed === undefined || !isReplaced(path.posix.normalize(parsed.name));
  });
  const others = kept.map((line) => (line.endsWith('\n') ? line : `${line}\n`)).join('');
  return Buffer.concat([Buffer.from(others, 'latin1'), Buffer.from(checksumsText(results), 'utf8')]);
}

/** A name that holds line breaks or backslashes is written with escapes, which a backslash in front tells. */
function checksumLine(name: string, sha256: string): string {
  const escaped = name.replace(/[\\\n\r]/g, (character) => ESCAPES[character] ?? character);
  return `${escaped === name ? '' : '\\'}${sha256}  ${escaped}\n`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r' };

/** Whether a line for a name is one of the results, or of a file that they took the place of. */
function replacedBy(results: BatchResults): (name: string) => boolean {
  const names = new Set(parseChecksums(checksumsText(results)).map(({ name }) => name));
  const made = doneOutputs(results).filter(({ isInPlace }) => !isInPlace);
  const places = new Set(made.map((output) => output.path));
  return (name) => names.has(name) || places.has(name) || places.has(wholeName(name));
}

/** `folder/model.gguf` of `folder/model-00001-of-00003.gguf`. */
function wholeName(name: string): string {
  const { dir, base } = path.posix.parse(name);
  const shard = parseShardName(base);
  return shard === undefined ? name : path.posix.join(dir, `${shard.prefix}${shard.extension}`);
}

function doneOutputs({ models }: BatchResults): readonly OutputResult[] {
  return models.flatMap(({ outputs }) => outputs.filter(({ status }) => status === 'done'));
}
