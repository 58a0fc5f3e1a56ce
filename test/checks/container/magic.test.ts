import { describe, expect } from 'vitest';
import { magic } from '../../../src/checks/container/magic.js';
import { cleanFile, testRule } from '../rule-test.js';

const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0000\nsize 4242\n';

describe('container/magic', () => {
  testRule(magic, [
    {
      title: 'an empty file',
      bytes: new Uint8Array(),
      data: { code: 'magic', data: { looksLike: 'an empty file' } },
      at: 0,
    },
    {
      title: 'an HTML page',
      bytes: Buffer.from('<!DOCTYPE html><p>404'),
      data: { code: 'magic', data: { looksLike: expect.stringContaining('HTML') } },
    },
    {
      title: 'a Git LFS pointer',
      bytes: Buffer.from(pointer),
      data: { code: 'magic', data: { looksLike: expect.stringMatching(/Git LFS pointer.*4242 bytes/) } },
    },
    {
      title: 'an old ggml file',
      bytes: cleanFile().magic('tjgg').bytes(),
      data: { code: 'magic', data: { looksLike: expect.stringContaining('ggjt') } },
    },
    {
      title: 'something unknown',
      bytes: cleanFile().magic('NOPE').bytes(),
      data: { code: 'magic', data: { found: 'NOPE' } },
    },
  ]);
});
