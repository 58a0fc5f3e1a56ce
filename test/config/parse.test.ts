import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/parse.js';
import { isGgufError } from '../../src/errors.js';
import { MAX_CONFIG_BYTES } from '../../src/limits.js';

/** The problems of a config, without the file's name. */
function problemsOf(text: string): string[] {
  try {
    parseConfig(text, 'c.yaml');
  } catch (error) {
    if (isGgufError(error, 'bad-option')) return error.details.problems.map((line) => line.replace(/^c\.yaml:/, ''));
    throw error;
  }
  return [];
}

test('a whole config', () => {
  const text = `
profile: upload
targets: [ollama@0.9.6, llama.cpp]
rules:
  container: off
  container/magic: warning
ignore:
  - rule: gemma3n/*
    files: legacy/**
    name: per_layer*
    reason: Only for llama.cpp.
overrides:
  - files: drafts/**
    profile: quick
    rules: { policy: info }
policy:
  types: [Q4_K, F32]
  keys: [general.name]
  provenance: [general.source.*]
  maxBytes: 50 GB
`;
  expect(parseConfig(text, 'c.yaml')).toMatchObject({
    profile: 'upload',
    targets: ['ollama@0.9.6', 'llama.cpp'],
    rules: { container: 'off', 'container/magic': 'warning' },
    ignore: [{ rule: 'gemma3n/*', reason: 'Only for llama.cpp.' }],
    policy: { maxBytes: '50 GB' },
  });
});

test.each(['', '# nothing\n', '---\n', 'null'])('an empty config says nothing: %j', (text) => {
  expect(parseConfig(text, 'c.yaml')).toEqual({});
});

describe('a problem names line and column', () => {
  test.each([
    ['profle: quick', "1:1: unknown key 'profle', did you mean 'profile'?"],
    ['\n\nspeed: 1', "3:1: unknown key 'speed'; known are profile, targets, rules, ignore, overrides, policy"],
    ['policy:\n  type: [F32]', "2:3: unknown key 'type', did you mean 'types'?"],
    ['policy:\n  types: [F32, Q4K]', "2:16: policy.types.1: no tensor type is called 'Q4K', did you mean 'Q4_K'?"],
    ['policy: {maxBytes: big}', "1:20: policy.maxBytes: 'big' is no size; write bytes, or 50 GB, 4.5 GiB"],
    [
      'rules:\n  container/magick: off',
      "2:3: no rule or area is called 'container/magick', did you mean 'container/magic'?",
    ],
    ['ignore:\n  - rule: container/magic', '2:5: ignore.0.reason: an ignore needs a reason'],
    [
      'ignore:\n  - rule: container/magic\n    reason: " "',
      '3:13: ignore.0.reason: an ignore needs a reason that says something',
    ],
    [
      'ignore: [{rule: containr, reason: x}]',
      "1:17: ignore.0.rule: no rule or area is called 'containr', did you mean 'container'?",
    ],
    ['overrides:\n- rules: {}', '2:3: overrides.0.files: Invalid input: expected string, received undefined'],
    ['targets: [lmstudio]', "1:11: targets.0: target 'lmstudio': no such runtime; known are ggml, llama.cpp, ollama"],
    ['profile: fast', '1:10: profile: Invalid option: expected one of "quick"|"default"|"upload"'],
    ['[1, 2]', '1:1: Invalid input: expected object, received array'],
    ['a: 1\na: 2', '2:1: Map keys must be unique'],
    ['rules: [', '1:9: Flow sequence in block collection must be sufficiently indented and end with a ]'],
  ])('%j', (text, problem) => {
    expect(problemsOf(text)).toContain(problem);
  });

  test('all of them, and the file', () => {
    expect(() => parseConfig('profle: quick\ntargets: [x]', 'folder/c.yaml')).toThrow(
      /^folder\/c\.yaml:.*\nfolder\/c\.yaml:/,
    );
    expect(problemsOf('profle: quick\ntargets: [x]')).toHaveLength(2);
  });
});

describe('hostile text', () => {
  const within = (run: () => unknown): void => {
    const start = performance.now();
    run();
    expect(performance.now() - start).toBeLessThan(10_000);
  };

  test('aliases that multiply', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `a${i}: &a${i} [${i === 0 ? '1' : `*a${i - 1},`.repeat(9)}]`);
    within(() => expect(problemsOf(levels.join('\n'))).toEqual([expect.stringContaining('too many aliases')]));
  });

  test('an alias of itself', () => {
    within(() => expect(problemsOf('rules: &a {container: *a}')).not.toEqual([]));
  });

  test('nesting', () => {
    within(() => expect(problemsOf('['.repeat(MAX_CONFIG_BYTES))).not.toEqual([]));
    within(() => expect(problemsOf('{a: '.repeat(20_000))).not.toEqual([]));
  });

  test('many keys', () => {
    const keys = Array.from({ length: 7000 }, (_, i) => `k${i}: 1`).join('\n');
    within(() => expect(problemsOf(keys).length).toBeGreaterThan(0));
  });

  test('many unknown rules, each with the nearest known one', () => {
    const rules = Array.from({ length: 1700 }, (_, i) => `gemma3n/shared-kv-layers-t${i}: off`).join(',');
    within(() => expect(problemsOf(`rules: {${rules}}`)[0]).toContain("did you mean 'gemma3n/shared-kv-layers-type'?"));
  });

  test('names that mean something to JavaScript', () => {
    expect(problemsOf('__proto__: {profile: quick}')).not.toEqual([]);
    expect(Object.keys(parseConfig('rules: {__proto__: off}', 'c.yaml').rules ?? {})).toEqual([]);
    expect(problemsOf('rules: {toString: off}')).not.toEqual([]);
  });

  test('text that steers a terminal, and text without end', () => {
    expect(problemsOf('"\\e[2J": 1')[0]).toMatch(/^1:1: unknown key '\\u001b\[2J'/);
    const [problem] = problemsOf(`rules: {${'x'.repeat(50_000)}: off}`);
    expect(problem!.length).toBeLessThan(400);
  });
});
