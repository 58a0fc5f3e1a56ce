import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/checks/check.js';
import { RULES } from '../../src/checks/index.js';
import { isAffected, judgeFor, parseTarget, parseTargets, RUNTIMES, severityFor } from '../../src/checks/targets.js';

const GO_ENGINE = ['ollama >=0.9.3 <0.30.0'];

function finding(affects: readonly string[], severity: Finding['severity'] = 'error'): Finding {
  return { rule: 'a/b', severity, message: '', place: { kind: 'file', offset: 0, length: 0 }, data: {}, affects };
}

describe('parseTarget', () => {
  test.each([
    ['ollama@0.9.6', 'ollama', '0.9.6'],
    ['Ollama@v0.9.6', 'ollama', '0.9.6'],
    ['ollama@0.30.0-rc1', 'ollama', '0.30.0-rc1'],
    ['llama.cpp@b5000', 'llama.cpp', '5000.0.0'],
    ['llama.cpp@0.7.0', 'llama.cpp', '11669.0.0'],
    ['llama.cpp@v0.7.0', 'llama.cpp', '11669.0.0'],
    ['ggml@0.27.0', 'ggml', '0.27.0'],
  ])('%s', (text, runtime, version) => {
    expect(parseTarget(text)).toMatchObject({ runtime, version });
  });

  test.each([
    ['lmstudio', "target 'lmstudio': no such runtime; known are ggml, llama.cpp, ollama"],
    ['', "target '': no such runtime; known are ggml, llama.cpp, ollama"],
    ['ollama@', "target 'ollama@': no version of ollama; known are x.y.z"],
    ['ollama@latest', "target 'ollama@latest': no version of ollama; known are x.y.z"],
    ['ollama@0.9.6@1', "target 'ollama@0.9.6@1': no version of ollama; known are x.y.z"],
    [
      'llama.cpp@0.7.1',
      "target 'llama.cpp@0.7.1': no version of llama.cpp; known are builds such as b5000, and the releases 0.7.0",
    ],
    [
      'llama.cpp@5000',
      "target 'llama.cpp@5000': no version of llama.cpp; known are builds such as b5000, and the releases 0.7.0",
    ],
  ])('refuses %j', (text, message) => {
    expect(() => parseTarget(text)).toThrow(expect.objectContaining({ code: 'bad-option', message }));
  });

  test('lists, and each once', () => {
    const names = parseTargets(['ollama@0.9.6, llama.cpp', 'ollama@0.9.6', 'ollama']).map(({ name }) => name);
    expect(names).toEqual(['ollama@0.9.6', 'llama.cpp', 'ollama']);
  });
});

describe('isAffected', () => {
  test.each([
    [GO_ENGINE, 'ollama@0.9.2', false],
    [GO_ENGINE, 'ollama@0.9.3', true],
    [GO_ENGINE, 'ollama@0.24.0', true],
    [GO_ENGINE, 'ollama@0.30.0', false],
    [GO_ENGINE, 'ollama', false],
    [GO_ENGINE, 'llama.cpp', false],
    [['ollama >=0.30.0'], 'ollama', true],
    [['llama.cpp *', 'ollama >=0.30.0'], 'llama.cpp@b1', true],
    [['llama.cpp >=5000.0.0'], 'llama.cpp@b4999', false],
    [['llama.cpp >=5000.0.0'], 'llama.cpp@0.7.0', true],
    [['llama.cpp >=5000.0.0'], 'llama.cpp', true],
    [[], 'ollama@0.1.0', true],
  ])('%j, %s: %s', (affects, target, expected) => {
    expect(isAffected(affects, parseTarget(target))).toBe(expected);
  });

  test.each(RULES)(
    '$id names only runtimes that a target can name, with ranges that hold for some version',
    ({ affects }) => {
      for (const range of affects) {
        const runtime = RUNTIMES.find((name) => range.startsWith(`${name} `));
        expect(runtime).toBeDefined();
        const versions =
          runtime === 'llama.cpp' ? ['', '@b1', '@b5000'] : ['', '@0.9.3', '@0.20.0', '@0.24.0', '@0.30.0'];
        expect(versions.some((version) => isAffected([range], parseTarget(`${runtime}${version}`)))).toBe(true);
      }
    },
  );
});

describe('severityFor', () => {
  test('is the rule’s own without targets, and where one of them is affected', () => {
    expect(severityFor(finding(GO_ENGINE), [])).toBe('error');
    expect(severityFor(finding(GO_ENGINE), parseTargets(['llama.cpp', 'ollama@0.9.6']))).toBe('error');
    expect(severityFor(finding([], 'warning'), parseTargets(['llama.cpp']))).toBe('warning');
  });

  test('is info where none is, and the finding says so', () => {
    const targets = parseTargets(['llama.cpp', 'ollama@0.30.0']);
    expect(severityFor(finding(GO_ENGINE), targets)).toBe('info');
    expect(judgeFor(finding(GO_ENGINE), targets)).toMatchObject({
      severity: 'info',
      affects: GO_ENGINE,
      unaffectedTargets: ['llama.cpp', 'ollama@0.30.0'],
    });
    expect(judgeFor(finding([]), targets)).toEqual(finding([]));
  });
});
