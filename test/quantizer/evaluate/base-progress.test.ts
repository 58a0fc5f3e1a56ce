import { expect, test } from 'vitest';
import { baseProgressReader } from '../../../src/quantizer/evaluate/base-progress.js';

const ANNOUNCED =
  '0.00.205.346 I perplexity: calculating perplexity over 234 chunks, n_ctx=512, batch_size=2048, n_seq=4';

test('nothing is known before the number of chunks is announced', () => {
  const reader = baseProgressReader();
  reader.addLog('0.00.092.160 I perplexity: tokenizing the input ..');
  expect(reader.progress()).toBeUndefined();
  reader.addLog(ANNOUNCED);
  expect(reader.progress()).toEqual({ done: 0, total: 234 });
});

test('chunks are counted however the output is cut', () => {
  const output = '0.32 minutes\n[1]16.5479,[2]15.4766,[3]14.3152,[10]12.9947,[123]13.1,';
  for (let size = 1; size < output.length; size += 1) {
    const reader = baseProgressReader();
    reader.addLog(ANNOUNCED);
    for (let at = 0; at < output.length; at += size) reader.addOutput(output.slice(at, at + size));
    expect(reader.progress(), `pieces of ${size}`).toEqual({ done: 123, total: 234 });
  }
});

test('more chunks than were announced are not shown', () => {
  const reader = baseProgressReader();
  reader.addLog(ANNOUNCED);
  reader.addOutput('[99999]1.0,');
  expect(reader.progress()).toEqual({ done: 234, total: 234 });
});
