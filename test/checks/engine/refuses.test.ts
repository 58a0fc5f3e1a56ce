import { expect, test } from 'vitest';
import { refuses } from '../../../src/checks/engine/refuses.js';
import type { EngineVerdict } from '../../../src/checks/engine/verdict.js';
import { verdictOf } from '../../../src/quantizer/load-in-engine.js';
import { cleanFile, findingsWith } from '../rule-test.js';

const find = (engine: EngineVerdict) => findingsWith(refuses, cleanFile(), { engine });

test('passes where the file loads', () => {
  expect(find({ engine: 'llama.cpp 0.7.0', outcome: 'loaded', messages: [] })).toEqual([]);
});

test('repeats the last words of a refusal', () => {
  const [finding] = find(
    verdictOf('llama.cpp 0.7.0', { kind: 'refused', stage: 'model', words: ['a', 'no\u001b tensor'] }),
  );
  expect(finding).toMatchObject({ severity: 'error' });
  expect(finding!.message).toBe('llama.cpp 0.7.0 refuses to load the file: no\\u001b tensor');
});

test('says nothing of a later shard, which llama.cpp does not open by itself', () => {
  const engine: EngineVerdict = { engine: 'llama.cpp', outcome: 'refused', messages: ['illegal split file idx: 1'] };
  const shard = (number: number) => cleanFile().metadata('split.no', { type: 'uint16', value: number });
  expect(findingsWith(refuses, shard(1), { engine })).toEqual([]);
  expect(findingsWith(refuses, shard(0), { engine })).toHaveLength(1);
});

test('says how a crash ended', () => {
  const crash = verdictOf('llama.cpp 0.7.0', { kind: 'crashed', how: 'SIGABRT', words: [] });
  const late = verdictOf('llama.cpp 0.7.0', { kind: 'timed-out', timeoutMs: 50, words: [] });
  expect(find(crash)[0]!.message).toMatch(/: ended by SIGABRT$/);
  expect(find(late)[0]!.message).toMatch(/: no end after 50 ms$/);
});

test('is information where the engine is not installed', () => {
  const verdict = { engine: 'llama.cpp', outcome: 'unavailable', messages: ['not installed'] } as const;
  expect(find(verdict)).toMatchObject([{ severity: 'info', message: 'llama.cpp could not be asked: not installed' }]);
});
