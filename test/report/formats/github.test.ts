import { expect, test } from 'vitest';
import { renderGithub } from '../../../src/report/formats/github.js';
import { finding, manyFindings, RUN } from './runs.js';

const lines = renderGithub(RUN).trimEnd().split('\n');

test('each finding is a command of its severity, the worst first, with what could not be checked before them', () => {
  expect(lines.map((line) => line.slice(0, line.indexOf(' ')))).toEqual([
    '::error',
    '::error',
    '::error',
    '::warning',
    '::notice',
  ]);
  expect(lines[0]).toBe('::error file=/abs/gone.gguf,title=ggufix could not check this file::no such file (ENOENT)');
  expect(lines[1]).toBe(
    '::error file=models/gemma 3n%2Cö#1.gguf,title=gemma3n/shared-kv-layers-type::' +
      "key 'gemma3n.attention.shared_kv_layers' is a float32, expected uint32%0Aat byte 120%0A" +
      'affects ollama >=0.9.3%0Afix (safe): write it as uint32',
  );
});

test('text of a file cannot begin a command, end a property or undo an escape', () => {
  const [hostile = ''] = lines.filter((line) => line.includes('onerror'));
  expect(lines.filter((line) => !/^::(error|warning|notice) /.test(line))).toEqual([]);
  const [, properties = '', text = ''] = /^::error ([^:]*)::(.*)$/.exec(hostile) ?? [];
  expect(properties.match(/=/g)?.length).toBeGreaterThanOrEqual(2);
  expect(properties.split(',').map((part) => part.slice(0, part.indexOf('=')))).toEqual(['file', 'title']);
  expect(text).toContain('%250A%253A\\r\\n::stop-commands::i\\u0000\\u001b[31m');
  expect(hostile).not.toMatch(/[\p{Cc}\p{Cs}\u202e]/u);
});

test('no findings, no output', () => {
  expect(renderGithub([{ source: 'a.gguf', findings: [] }])).toBe('');
});

test('a thousand are written, the worst, and how many are not', () => {
  const many = renderGithub([manyFindings(1999, 'x'), { source: 'b', findings: [finding()] }])
    .trimEnd()
    .split('\n');
  expect(many).toHaveLength(1001);
  expect(many.slice(0, 2).every((line) => line.startsWith('::error '))).toBe(true);
  expect(many.at(-1)).toBe('::notice title=ggufix::1,000 more findings not shown');
});
