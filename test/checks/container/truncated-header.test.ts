import { describe } from 'vitest';
import { truncatedHeader } from '../../../src/checks/container/truncated-header.js';
import { gguf } from '../../support/gguf-builder.js';
import { cleanFile, testRule } from '../rule-test.js';

describe('container/truncated-header', () => {
  testRule(truncatedHeader, [
    {
      title: 'a file cut in its version',
      bytes: cleanFile().cutAt(6).bytes(),
      data: { code: 'header-truncated', data: { what: 'the version', need: 4, have: 2 } },
      at: 4,
    },
    {
      title: 'a file cut in a value',
      bytes: gguf().metadata('general.architecture', { type: 'string', value: 'gemma3n' }).cutAt(-3).bytes(),
      data: { code: 'header-truncated', data: { what: "the value of key 'general.architecture'" } },
    },
    {
      title: 'a count that the file cannot hold',
      bytes: cleanFile().counts({ tensors: 1_000_000_000n }).bytes(),
      data: { code: 'header-truncated', data: { what: '1000000000 tensor infos' } },
      at: 24,
    },
  ]);
});
