import { expect, test } from 'vitest';
import { runChecks } from '../../src/checks/run.js';
import { parseHeader } from '../../src/gguf/parse.js';
import { describeWithData } from '../support/data.js';
import { changedFile, matrixRows } from './support/loader-matrix.js';

/** Causes that llama.cpp does not name by the key or tensor in its message, or names by a consequence. */
const CAUSES: Readonly<Record<string, string>> = {
  'drop general.architecture': 'general.architecture',
  'drop llama.feed_forward_length': 'llama.feed_forward_length',
  'drop llama.attention.head_count': 'llama.attention.head_count',
  'drop tokenizer.ggml.tokens': 'tokenizer.ggml.tokens',
  'extra tensor': 'blk.0.extra.weight',
  'block_count 0': 'llama.block_count',
  'block_count 2 (1 present)': 'block_count',
  'block_count 513': 'llama.block_count',
  'block_count 2^32-1': 'llama.block_count',
  'head_count 0': 'llama.attention.head_count',
  'head_count 3 (n_embd%3)': 'llama.attention.head_count',
  'head_count_kv 0': 'llama.attention.head_count_kv',
  'rope dim 12': 'llama.rope.dimension_count',
  'expert_count 8': 'llama.expert_count',
  'expert_count 100000': 'llama.expert_count',
  'expert_count 8 used 9': 'llama.expert_count',
  'expert_used w/o count': 'llama.expert_used_count',
  'tokenizer unknown': 'tokenizer.ggml.model',
  'gpt2 no merges': 'tokenizer.ggml.merges',
  'gpt2 merges unknown pre': 'tokenizer.ggml.pre',
  'rope.scaling.type bad': 'llama.rope.scaling.type',
  no_vocab: 'tokenizer.ggml.model',
};

/** The key or tensor that llama.cpp names. */
function causeOf(change: string, messages: readonly string[]): string {
  const named =
    CAUSES[change] ?? /\b(?:blk|token_embd|output_norm|general|llama|tokenizer)\.[\w.]+/.exec(messages[0]!)?.[0];
  if (named === undefined) throw new Error(`no cause is known of '${change}': ${messages[0]}`);
  return named;
}

function errorsOf(change?: string): string[] {
  return runChecks(parseHeader(changedFile(change)))
    .filter(({ severity }) => severity === 'error')
    .map(({ rule, message }) => `${rule}: ${message}`);
}

describeWithData("llama.cpp's verdict on each change of ok.gguf", () => {
  test('there are 74, and the unchanged file has no error', () => {
    expect(matrixRows()).toHaveLength(74);
    expect(errorsOf()).toEqual([]);
  });

  test('what it loads has no error', () => {
    const loaded = matrixRows().filter(({ exit }) => exit === 0);
    expect(loaded.length).toBeGreaterThan(15);
    for (const { change } of loaded) expect(errorsOf(change), change).toEqual([]);
  });

  test('what it refuses, or aborts on, has an error with the same cause', () => {
    const refused = matrixRows().filter(({ exit }) => exit === 1 || exit === -6);
    const missing = refused.filter(({ change, messages }) => {
      const cause = causeOf(change, messages);
      return !errorsOf(change).some((error) => error.includes(cause));
    });
    expect(missing.map(({ change }) => change).toSorted()).toEqual([]);
  });
});
