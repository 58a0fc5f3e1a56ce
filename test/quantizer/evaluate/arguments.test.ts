import { expect, test } from 'vitest';
import { baseArguments, divergenceArguments } from '../../../src/quantizer/evaluate/arguments.js';

const BASE = { model: 'bf16.gguf', text: 't.txt', logits: 'b.kld', contextSize: 512, chunks: 20, threads: 2 };

test('the base: model, text, chunk size, threads, limit of chunks, where the scores go', () => {
  expect(baseArguments(BASE).join(' ')).toBe(
    '-m bf16.gguf -f t.txt -c 512 -t 2 --chunks 20 --kl-divergence-base b.kld',
  );
});

test('what is not limited is not mentioned', () => {
  expect(baseArguments({ ...BASE, chunks: undefined, threads: undefined }).join(' ')).toBe(
    '-m bf16.gguf -f t.txt -c 512 --kl-divergence-base b.kld',
  );
});

test('a quant: text and number of chunks are in the scores, their size is not taken from there', () => {
  const request = { model: 'q4.gguf', logits: 'b.kld', contextSize: 1024, threads: 4 };
  expect(divergenceArguments(request).join(' ')).toBe(
    '-m q4.gguf -c 1024 -t 4 --kl-divergence-base b.kld --kl-divergence',
  );
});

test('no thread of its own is one for llama.cpp', () => {
  expect(baseArguments({ ...BASE, threads: 0 })).toContain('1');
});

test('names stay single arguments, whatever is in them', () => {
  const model = '-m "x" $(y).gguf';
  expect(divergenceArguments({ model, logits: 'a b', contextSize: 8, threads: undefined })).toEqual([
    '-m',
    model,
    '-c',
    '8',
    '--kl-divergence-base',
    'a b',
    '--kl-divergence',
  ]);
});
