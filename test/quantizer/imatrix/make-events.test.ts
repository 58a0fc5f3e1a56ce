import { expect, test } from 'vitest';
import { type ImatrixEvent, imatrixLog } from '../../../src/quantizer/imatrix/make-events.js';

function eventsOf(feed: (log: ReturnType<typeof imatrixLog>) => void): ImatrixEvent[] {
  const events: ImatrixEvent[] = [];
  feed(imatrixLog((event) => events.push(event)));
  return events;
}

test('the number of chunks comes from the log, with or without a time before it', () => {
  const events = eventsOf((log) => {
    log.addLine('0.00.612.556 I compute_imatrix: computing over 12 chunks, n_ctx=128, batch_size=2048, n_seq=16');
    log.addLine('compute_imatrix: computing over 750 chunks with batch_size 512');
    log.addLine('compute_imatrix: tokenizing the input ..');
  });
  expect(events).toEqual([
    { kind: 'chunks', total: 12 },
    { kind: 'chunks', total: 750 },
  ]);
});

test('chunks are told as they come, wherever the text is cut', () => {
  const text = '0.07 minutes\n[1]6.7624,[2]6.1736,[10]9.6854,\nFinal estimate: PPL = 10.3122 +/- 0.89910\n';
  const expected = [
    { kind: 'chunk', done: 1, perplexity: 6.7624 },
    { kind: 'chunk', done: 2, perplexity: 6.1736 },
    { kind: 'chunk', done: 10, perplexity: 9.6854 },
  ];
  expect(eventsOf((log) => log.addOutput(text))).toEqual(expected);
  const piecemeal = eventsOf((log) => {
    for (const character of text) log.addOutput(character);
  });
  expect(piecemeal).toEqual(expected);
});

test('a perplexity that is no number is told as such', () => {
  expect(eventsOf((log) => log.addOutput('[3]nan,'))).toEqual([{ kind: 'chunk', done: 3, perplexity: Number.NaN }]);
});

test('the estimate comes with its error', () => {
  expect(eventsOf((log) => log.addLine('Final estimate: PPL = 10.3122 +/- 0.89910'))).toEqual([
    { kind: 'estimate', perplexity: 10.3122, error: 0.8991 },
  ]);
});

test('a flood without a comma takes no memory and hides nothing', () => {
  const events = eventsOf((log) => {
    for (let i = 0; i < 100; i += 1) log.addOutput('x'.repeat(10_000));
    log.addOutput('[1]2.5,');
  });
  expect(events).toEqual([{ kind: 'chunk', done: 1, perplexity: 2.5 }]);
});
