import { availableParallelism } from 'node:os';
import path from 'node:path';
import { badOption, GgufError, unreachable } from '../../errors.js';
import { type LlamaPackage, locateLlama } from './locate.js';
import {
  MAX_PROMPT_TOKENS,
  type ProbeReply,
  type ProbeRequest,
  type ProbeStage,
  probeReplySchema,
} from './probe-protocol.js';
import { type ChildRun, runChild } from './run-child.js';

/** A model as llama.cpp sees it, and what it computes from a short prompt. */
export interface LlamaProbe {
  /** Release of llama.cpp, such as `0.5.0`. */
  readonly llamaVersion: string;
  /** llama.cpp's one-line name of the model, such as `gemma3n E2B Q8_0`. */
  readonly description: string;
  /** Metadata keys and tensors in the file itself; for a split model, in its first shard. */
  readonly keyCount: number;
  readonly tensorCount: number;
  readonly parameterCount: number;
  readonly layers: number;
  readonly vocabularySize: number;
  readonly contextLength: number;
  /** The prompt. Give it to the next probe to compare two files. */
  readonly tokens: readonly number[];
  /** One row of `vocabularySize` raw scores per token; no rows for a model that computes embeddings only. */
  readonly logits: readonly Float32Array[];
  /** Wall-clock time of the whole child process. */
  readonly seconds: number;
}

/** What became of a probe. `words` are llama.cpp's last warnings and errors, oldest first. */
export type ProbeOutcome =
  | { readonly kind: 'loaded'; readonly probe: LlamaProbe; readonly words: readonly string[] }
  /** llama.cpp said no at `stage`. */
  | { readonly kind: 'refused'; readonly stage: ProbeStage; readonly words: readonly string[] }
  /** It died: `how` is a signal name or an exit code. */
  | { readonly kind: 'crashed'; readonly how: string; readonly words: readonly string[] }
  | { readonly kind: 'timed-out'; readonly timeoutMs: number; readonly words: readonly string[] };

export interface ProbeOptions {
  /** Prompt; by default a fixed sentence in the model's own tokens. */
  readonly tokens?: readonly number[] | undefined;
  readonly timeoutMs?: number | undefined;
  readonly threads?: number | undefined;
  /** Whether llama.cpp also validates every tensor's bytes, which reads the whole file. */
  readonly checkTensors?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** @internal Compiled child script; the one beside this module by default. */
  readonly childUrl?: URL | undefined;
}

/** Mapping and one short forward pass of a 100 GB model on a slow disk stay below this. */
const DEFAULT_TIMEOUT_MS = 300_000;
/** More threads than this bring nothing on a prompt of a dozen tokens. */
const MAX_THREADS = 8;

/**
 * Loads a GGUF file in llama.cpp itself, in a child process and on the CPU, and runs one forward pass.
 * Rejects with `unavailable` where llama.cpp cannot run at all, `aborted` if `signal` fires;
 * everything that has to do with the file is in the outcome.
 */
export async function probeModel(file: string, options: ProbeOptions = {}): Promise<ProbeOutcome> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
  requirePromptLength(options.tokens);
  const request = probeRequest(file, await locateLlama(), options);
  const started = performance.now();
  const end = await runChild(options.childUrl ?? new URL('./probe-child.js', import.meta.url), request, {
    timeoutMs,
    signal,
  });
  return outcomeOf(end, timeoutMs, (performance.now() - started) / 1000);
}

function probeRequest(file: string, found: LlamaPackage, options: ProbeOptions): ProbeRequest {
  return {
    package: found,
    path: path.resolve(file),
    threads: options.threads ?? Math.min(availableParallelism(), MAX_THREADS),
    checkTensors: options.checkTensors ?? false,
    ...(options.tokens === undefined ? {} : { tokens: [...options.tokens] }),
  };
}

function requirePromptLength(tokens: readonly number[] | undefined): void {
  if (tokens === undefined || (tokens.length > 0 && tokens.length <= MAX_PROMPT_TOKENS)) return;
  throw badOption(`a prompt has 1 to ${MAX_PROMPT_TOKENS} tokens, not ${tokens.length}`);
}

/** A reply counts even if the child then died: it had done its work. Only our own child sends one, so a bad one is a bug. */
function outcomeOf(end: ChildRun, timeoutMs: number, seconds: number): ProbeOutcome {
  const words = end.lastWords;
  if (end.reply !== undefined) return outcomeOfReply(probeReplySchema.parse(end.reply), words, seconds);
  return end.timedOut ? { kind: 'timed-out', timeoutMs, words } : { kind: 'crashed', how: end.how, words };
}

function outcomeOfReply(reply: ProbeReply, words: readonly string[], seconds: number): ProbeOutcome {
  switch (reply.kind) {
    case 'loaded':
      return { kind: 'loaded', probe: { ...reply.probe, seconds }, words };
    case 'refused':
      return { kind: 'refused', stage: reply.stage, words };
    case 'unavailable':
      throw new GgufError('unavailable', reply.what, { what: reply.what });
    default:
      return unreachable(reply);
  }
}
