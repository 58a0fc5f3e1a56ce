import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/parse.js';
import { type FileSettings, settingsFor } from '../../src/config/settings.js';

const FOLDER = path.resolve('project');

function settings(text: string, file: string): FileSettings {
  return settingsFor({ folder: FOLDER, settings: parseConfig(text, 'c.yaml') }, path.join(FOLDER, file));
}

const found = (rule: string, name?: string) => ({
  rule,
  place: { kind: 'tensor', offset: 0, length: 0, ...(name === undefined ? {} : { name }) } as const,
});

describe('overrides', () => {
  const text = `
profile: upload
targets: [llama.cpp]
rules: { container: warning }
policy: { types: [F32], maxBytes: 4 GB }
overrides:
  - files: drafts/**
    profile: quick
    rules: { container/magic: off }
    policy: { maxBytes: 1 KiB }
  - files: drafts/old/**
    targets: [ollama]
    profile: default
`;

  test('a file that none is for', () => {
    expect(settings(text, 'm.gguf')).toMatchObject({
      profile: 'upload',
      targets: ['llama.cpp'],
      levels: [{ container: 'warning' }],
      policy: { types: ['F32'], maxBytes: 4e9 },
    });
  });

  test('a file that two are for: the last that says something counts', () => {
    expect(settings(text, 'drafts/old/m.gguf')).toMatchObject({
      profile: 'default',
      targets: ['ollama'],
      levels: [{ container: 'warning' }, { 'container/magic': 'off' }],
      policy: { types: ['F32'], maxBytes: 1024 },
    });
  });

  test('an empty config', () => {
    expect(settings('', 'm.gguf')).toEqual({ levels: [], isIgnored: expect.any(Function) });
  });
});

describe('ignore', () => {
  const text = `
ignore:
  - { rule: gemma3n/*, files: legacy/**, name: per_layer*, reason: known }
  - { rule: container/magic, reason: known }
`;

  test.each([
    ['legacy/a/m.gguf', found('gemma3n/per-layer-token-embd-type', 'per_layer_token_embd.weight'), true],
    ['legacy/a/m.gguf', found('gemma3n/per-layer-token-embd-type', 'token_embd.weight'), false],
    ['legacy/a/m.gguf', found('gemma3n/per-layer-token-embd-type'), false],
    ['new/m.gguf', found('gemma3n/per-layer-token-embd-type', 'per_layer_token_embd.weight'), false],
    ['new/m.gguf', found('container/magic'), true],
    ['new/m.gguf', found('container/version'), false],
  ])('%s %j: %s', (file, finding, expected) => {
    expect(settings(text, file).isIgnored(finding)).toBe(expected);
  });
});
