import { describe, expect, test } from 'vitest';
import { eosAdded } from '../../../src/checks/tokenizer/eos-added.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { changedNames, findingsOf, fixedHeader, testRule } from '../rule-test.js';
import { flag, text, tokenizerFile, uint } from './tokenizer-file.js';

const chat = (keys: Parameters<typeof tokenizerFile>[0]) =>
  tokenizerFile(keys).metadata('tokenizer.chat_template', text('{{ messages }}'));
const ADDED = { add_eos_token: flag(true) };

describe('tokenizer/eos-added', () => {
  testRule(eosAdded, [
    { title: 'EOS in a chat model', bytes: chat(ADDED).bytes(), message: /is true in a model with a chat template/ },
  ]);

  test.each([
    chat({}),
    chat({ add_eos_token: flag(false) }),
    chat({ ...ADDED, model: text('t5') }),
    chat(ADDED).metadata('llama.pooling_type', uint(3)),
    tokenizerFile(ADDED),
  ])('accepts good file %#', (file) => {
    expect(findingsOf(eosAdded, file.bytes())).toEqual([]);
  });

  test('the fix removes the finding and changes nothing else', () => {
    const bytes = chat(ADDED).bytes();
    const header = parseHeader(bytes);
    const [finding] = findingsOf(eosAdded, bytes);
    const after = fixedHeader(header, finding!);
    expect(finding!.fix).toMatchObject({ safety: 'unsafe' });
    expect(findingsOf(eosAdded, Buffer.from(after.bytes))).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: ['tokenizer.ggml.add_eos_token'], tensors: [] });
  });
});
