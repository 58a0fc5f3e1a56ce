import { describe, expect, test } from 'vitest';
import { readEvaluateFlags } from '../../src/cli/evaluate-flags.js';

const BASE = { base: 'b.gguf', text: 't.txt' };

describe('readEvaluateFlags', () => {
  test('reads numbers and leaves what is not given open', () => {
    expect(readEvaluateFlags({ ...BASE, ctxSize: '1024', chunks: '20', threads: '2' })).toMatchObject({
      contextSize: 1024,
      chunks: 20,
      threads: 2,
      format: 'table',
      keepBase: undefined,
    });
    expect(readEvaluateFlags(BASE).contextSize).toBeUndefined();
  });

  test('--json is a format', () => {
    expect(readEvaluateFlags({ ...BASE, json: true }).format).toBe('json');
    expect(readEvaluateFlags({ ...BASE, json: true, format: 'json' }).format).toBe('json');
    expect(readEvaluateFlags({ ...BASE, format: 'markdown' }).format).toBe('markdown');
  });

  test('scores that are there need no base', () => {
    expect(readEvaluateFlags({ baseLogits: 'b.kld' }).baseLogits).toBe('b.kld');
  });

  test.each([
    [{}, 'evaluate needs --base and --text, or --base-logits'],
    [{ base: 'b.gguf' }, 'needs --base and --text'],
    [{ text: 't.txt' }, 'needs --base and --text'],
    [{ ...BASE, keepBase: 'k.kld', baseLogits: 'b.kld' }, 'leave --keep-base out'],
    [{ ...BASE, json: true, format: 'markdown' }, '--json is no --format markdown'],
    [{ ...BASE, chunks: '0' }, '--chunks is "0", expected a whole number from 1'],
    [{ ...BASE, ctxSize: '4' }, '--ctx-size is "4", expected a whole number from 8'],
    [{ ...BASE, format: 'xml' }, '--format is "xml", expected table, json, markdown'],
    [{ ...BASE, fast: true }, 'unknown flag --fast'],
  ])('refuses %j', (given, message) => {
    expect(() => readEvaluateFlags(given)).toThrow(message);
  });
});
