import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { MetadataEntry } from '../../../src/gguf/model.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { scalarValue } from '../../../src/gguf/values.js';
import { quantizedDocumentSchema } from '../../../src/report/quantize-schema.js';
import { fakeEngine, HELP } from '../../quantizer/support/fake-engine.js';
import type { Place } from '../../quantizer/support/quantize-tiny.js';
import { BINARY, runBinary } from '../../support/run-cli.js';

/** A quant that needs nothing installed. */
export const Q8 = ['--type', 'Q8_0', '--engine', 'embedded'];

/** Runs the built program in the folder of a model. */
export const run = (place: Place, ...flags: readonly string[]) =>
  runBinary(['quantize', place.source, path.basename(place.out), ...flags], place.folder);

/** The same with `--json`; the document is valid. */
export function documentOf(place: Place, ...flags: readonly string[]) {
  const { out, err, exit } = run(place, ...flags, '--json');
  expect(err).toBe('');
  return { ...quantizedDocumentSchema.parse(JSON.parse(out)), exit };
}

/** The keys of a file: single values as they are, of arrays their lengths. */
export function keysOf(file: string): Record<string, unknown> {
  const bytes = readFileSync(file);
  const { metadata } = parseHeader(bytes, bytes.byteLength);
  const plainValue = (entry: MetadataEntry) => (entry.type === 'array' ? entry.count : scalarValue(entry));
  return Object.fromEntries(metadata.map((entry) => [entry.key, plainValue(entry)]));
}

/** An engine too old to be asked, which runs this script. */
export const old = (script: string): string => fakeEngine(script, HELP.replace(' [--dry-run]', ''));

/** Starts the built program without waiting for it. */
export function start(place: Place, ...flags: readonly string[]) {
  const child = spawn(process.execPath, [BINARY, 'quantize', place.source, path.basename(place.out), ...flags], {
    cwd: place.folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<{ err: string; exit: number | null }>((resolve) =>
    child.on('close', (exit) => resolve({ err, exit })),
  );
  return { child, ended };
}
