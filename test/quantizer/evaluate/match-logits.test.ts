import { describe, expect, test } from 'vitest';
import type { LogitsFile } from '../../../src/quantizer/evaluate/logits-file.js';
import type { LogitsOrigin } from '../../../src/quantizer/evaluate/logits-origin.js';
import { matchLogits, matchVocabulary, type WantedLogits } from '../../../src/quantizer/evaluate/match-logits.js';

const ORIGIN: LogitsOrigin = { schema: 'ggufix.base-logits/1', model: 'a'.repeat(64), text: 'b'.repeat(64) };
const FOREIGN: LogitsFile = { contextSize: 512, vocabularySize: 1280, chunks: 20, origin: undefined };
const WHOLE: LogitsFile = { ...FOREIGN, origin: ORIGIN };
const LIMITED: LogitsFile = { ...FOREIGN, origin: { ...ORIGIN, maxChunks: 20 } };
/** The text ended before the limit. */
const ENDED: LogitsFile = { ...FOREIGN, origin: { ...ORIGIN, maxChunks: 30 } };
const ANY: WantedLogits = { contextSize: undefined, chunks: 'any', origin: undefined };

describe('scores that fit', () => {
  test.each<[string, LogitsFile, Partial<WantedLogits>]>([
    ['anything, where anything will do', LIMITED, {}],
    ['the same chunks', FOREIGN, { contextSize: 512, chunks: 20 }],
    ['the same model and text', WHOLE, { origin: ORIGIN }],
    ['a whole text', WHOLE, { chunks: 'all', origin: ORIGIN }],
    ['a text that ended before the limit', ENDED, { chunks: 'all', origin: ORIGIN }],
    ['a text that ends before the limit that is wanted', WHOLE, { chunks: 25, origin: ORIGIN }],
    ['scores that say nothing of their model', FOREIGN, { origin: ORIGIN }],
  ])('%s', (_what, logits, wanted) => {
    expect(() => matchLogits('b.kld', logits, { ...ANY, ...wanted })).not.toThrow();
  });
});

describe('scores that do not fit', () => {
  test.each<[string, LogitsFile, Partial<WantedLogits>, string]>([
    ['another model', WHOLE, { origin: { ...ORIGIN, model: 'c'.repeat(64) } }, `base model is ${'a'.repeat(64)}`],
    ['another text', WHOLE, { origin: { ...ORIGIN, text: 'c'.repeat(64) } }, `text is ${'b'.repeat(64)}`],
    ['other chunks', FOREIGN, { contextSize: 1024 }, 'tokens of a chunk is 512, expected 1024'],
    ['fewer chunks', LIMITED, { chunks: 25 }, 'number of chunks is 20, not the whole text, expected 25'],
    ['more chunks', WHOLE, { chunks: 10 }, 'number of chunks is 20, expected 10'],
    ['a part of the text', LIMITED, { chunks: 'all' }, 'is 20, not the whole text, expected the whole text'],
    ['nobody knows how much of the text', FOREIGN, { chunks: 'all' }, 'is 20, not the whole text'],
  ])('%s', (_what, logits, wanted, message) => {
    expect(() => matchLogits('b.kld', logits, { ...ANY, ...wanted })).toThrow(message);
  });
});

describe('matchVocabulary', () => {
  const size = { bytes: 1, bitsPerWeight: 1, vocabularySize: 1280 };

  test('takes the same number of tokens', () => {
    expect(() => matchVocabulary('q.gguf', size, FOREIGN)).not.toThrow();
  });

  test('refuses another one, and none', () => {
    expect(() => matchVocabulary('q.gguf', { ...size, vocabularySize: 512 }, FOREIGN)).toThrow(
      'q.gguf does not fit: its vocabulary is 512, expected 1280',
    );
    expect(() => matchVocabulary('q.gguf', { ...size, vocabularySize: undefined }, FOREIGN)).toThrow('none');
  });
});
