#!/usr/bin/env node
/**
 * llama-quantize without llama-quantize: takes its arguments and prints its lines, and drives the libllama of the npm
 * package `@node-llama-cpp/<platform>`. Started by `engine/run-engine.ts` as a process of its own, because an assertion
 * in native code ends the process and because killing it is the only way to stop it.
 */
import { readFileSync, writeSync } from 'node:fs';
import { openFile } from '../../sources/file.js';
import { readImatrix, readImportance } from '../imatrix/imatrix.js';
import { openLlama } from './library.js';
import { locateLlama } from './locate.js';
import { parseQuantizeArguments, type QuantizeArguments } from './quantize-arguments.js';
import { type LoadedImatrix, quantizeWith } from './quantize-llama.js';

const NAME = 'llama_quantize';
const STDERR = 2;
const PARENT_MS = 500;

endWithParent();
try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  say(`${NAME}: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function run(argv: readonly string[]): Promise<number> {
  const args = parseQuantizeArguments(argv, (file) => readFileSync(file, 'utf8'));
  const library = await openLlama(await locateLlama());
  const imatrix = args.imatrix === undefined ? undefined : await loadImatrix(args.imatrix);
  say(`version: ${library.release} (embedded)`);
  say(headline(args));
  const status = await quantizeWith(library, args, imatrix);
  if (status !== 0) say(`${NAME}: failed to quantize model from '${args.input}'`);
  return status === 0 ? 0 : 1;
}

function headline({ input, output, fileType, threads, dryRun }: QuantizeArguments): string {
  const what = dryRun ? `calculating quantization size for '${input}'` : `quantizing '${input}' to '${output}'`;
  return `${NAME}: ${what} as ${fileType.name}${threads > 0 ? ` using ${threads} threads` : ''}`;
}

async function loadImatrix(file: string): Promise<LoadedImatrix> {
  await using source = await openFile(file);
  const imatrix = await readImatrix(source);
  const entries = [];
  for (const entry of imatrix.entries.values()) {
    entries.push({ name: entry.name, values: await readImportance(source, entry) });
  }
  return { file, entries, datasets: imatrix.datasets, chunkCount: imatrix.chunkCount ?? 0 };
}

/**
 * Ends this process when the one that started it is gone, which a `kill -9` gives no chance to say. A closed pipe would
 * not do it: Node ignores SIGPIPE, so llama.cpp would go on to the end.
 */
function endWithParent(): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  }, PARENT_MS);
  timer.unref();
}

/** Not by `process.stderr`: it makes the pipe non-blocking, and then llama.cpp's own lines are lost where it is full. */
function say(line: string): void {
  writeSync(STDERR, `${line}\n`);
}
