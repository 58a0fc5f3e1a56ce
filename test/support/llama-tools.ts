import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';

/** What a tool printed. */
export interface ToolOutput {
  readonly out: string;
  readonly err: string;
}

/** Runs a tool of llama.cpp and throws, with the end of what it printed, where it fails. */
export function runTool(name: string, argv: readonly string[]): ToolOutput {
  const run = spawnSync(name, argv, { encoding: 'utf8', maxBuffer: MAX_OUTPUT_BYTES });
  if (run.error !== undefined) throw run.error;
  if (run.status === 0) return { out: run.stdout, err: run.stderr };
  const tail = `${run.stdout}${run.stderr}`.slice(-2000);
  throw new Error(`${name} ${argv.join(' ')} ended with ${run.status ?? run.signal}: ${tail}`);
}

/** llama-gguf lists a model's keys and tensors and a few weights of each: some 100 KB. */
const MAX_OUTPUT_BYTES = 64 * 2 ** 20;

/** A `describe` that is skipped, with the reason in its title, where a tool is not on PATH. */
export function describeWithTools(title: string, tools: readonly string[], body: () => void): void {
  const missing = tools.filter((tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error !== undefined);
  if (missing.length === 0) describe(title, body);
  else describe.skip(`${title} (skipped: no ${missing.join(', ')} on PATH)`, body);
}

/** Reads a file as llama.cpp's `llama-gguf` does: header, then all tensor data. Throws where it refuses. */
export function readWithLlamaGguf(file: string): void {
  runTool('llama-gguf', [file, 'r', 'n']);
}

/** The hash that llama.cpp's own reader gives each tensor's bytes, by tensor name. */
export function hashesOfTensors(file: string): ReadonlyMap<string, string> {
  const { out } = runTool('llama-gguf-hash', ['--xxh64', file]);
  const lines = [...out.matchAll(/^xxh64\s+([0-9a-f]+)\s+(.+)$/gm)];
  const prefix = `${file}:`;
  const tensors = lines.filter(([, , name = '']) => name.startsWith(prefix));
  return new Map(tensors.map(([, hash = '', name = '']) => [name.slice(prefix.length), hash]));
}

/** One thread: two wait for each other, and take ten times as long where another process is at work. */
const ONE_THREAD = ['-t', '1'];

/** Writes the scores that a model gives the first `chunks` × 512 tokens of a text, for `meanDivergence`. */
export function writeDivergenceBase(model: string, text: string, chunks: number, base: string): void {
  const length = ['-c', '512', '--chunks', String(chunks)];
  runTool('llama-perplexity', ['-m', model, '-f', text, ...length, ...ONE_THREAD, '--kl-divergence-base', base]);
}

/** Mean KL divergence of a model's scores from those in `base`. */
export function meanDivergence(model: string, base: string): number {
  const argv = ['-m', model, ...ONE_THREAD, '--kl-divergence-base', base, '--kl-divergence'];
  // The tool logs asynchronously and now and then ends before its summary is out.
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const { out } = runTool('llama-perplexity', argv);
    const [, mean] = /^Mean\s+KLD:\s+(\S+)/m.exec(out) ?? [];
    if (mean !== undefined) return Number(mean);
  }
  throw new Error(`llama-perplexity printed no mean divergence of ${model}, twice`);
}
