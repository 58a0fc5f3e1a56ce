import { readdirSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { parseHeader, readHeader } from '../../src/gguf/parse.js';
import { openFile } from '../../src/sources/file.js';
import { runTemplates } from '../../src/templates/run-templates.js';
import { Sandbox } from '../../src/templates/sandbox.js';
import type { TemplateRuns } from '../../src/templates/template-runs.js';
import { dataPath, describeWithData } from '../support/data.js';
import { type GgufBuilder, gguf } from '../support/gguf-builder.js';
import { childUrl, isChildBuilt } from './child-url.js';
import { GEMMA3N, REAL } from './real-templates.js';

const file = (): GgufBuilder =>
  gguf()
    .metadata('tokenizer.ggml.tokens', { type: 'array', itemType: 'string', items: ['<pad>', '<eos>', '<bos>'] })
    .metadata('tokenizer.ggml.bos_token_id', { type: 'uint32', value: 2 })
    .metadata('tokenizer.ggml.eos_token_id', { type: 'uint32', value: 1 });

const withTemplates = (...templates: string[]): Uint8Array =>
  templates
    .reduce(
      (builder, value, index) =>
        builder.metadata(`tokenizer.chat_template${index === 0 ? '' : `.t${index}`}`, { type: 'string', value }),
      file(),
    )
    .bytes();

const run = (bytes: Uint8Array, timeoutMs = 3000): Promise<TemplateRuns> =>
  runTemplates(parseHeader(bytes), { childUrl, timeoutMs });

/** Child processes that still run. */
const childrenLeft = (): number => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;

test('a file without a template starts no process', async () => {
  const missing = new URL('file:///nowhere/child.js');
  await expect(runTemplates(parseHeader(file().bytes()), { childUrl: missing })).resolves.toEqual([]);
});

describe.skipIf(!isChildBuilt)('the sandbox', () => {
  test.each(Object.entries(REAL))('renders every sample with a template like %s, always the same', async (_, text) => {
    const [first] = await run(withTemplates(text));
    expect(first!.renders.map(({ sample, outcome }) => `${sample} ${outcome}`)).toEqual([
      'user rendered',
      'multi-turn rendered',
      'system rendered',
      'tools rendered',
    ]);
    expect(await run(withTemplates(text))).toEqual([first]);
  });

  test('gives the special tokens of the vocabulary', async () => {
    const [first] = await run(withTemplates(GEMMA3N));
    expect(first!.renders[0]!.text).toBe(
      '<bos><start_of_turn>user\nHow tall is the tower?<end_of_turn>\n<start_of_turn>model\n',
    );
  });

  test('one process serves all templates of a file', async () => {
    const runs = await run(withTemplates('a', '{% if %}', '{{ raise_exception("no") }}', 'd'));
    expect(runs.map(({ key }) => key)).toEqual([
      'tokenizer.chat_template',
      'tokenizer.chat_template.t1',
      'tokenizer.chat_template.t2',
      'tokenizer.chat_template.t3',
    ]);
    expect(runs[1]!.parseError).toEqual(expect.any(String));
    expect(runs[2]!.renders[0]).toEqual({ sample: 'user', outcome: 'failed', error: 'no' });
    expect(runs[3]!.renders[0]!.text).toBe('d');
  });

  test('a shared sandbox serves several files, also after it had to be restarted', async () => {
    await using sandbox = new Sandbox(childUrl);
    for (const text of ['a', loop(''), 'b']) {
      const [first] = await runTemplates(parseHeader(withTemplates(text)), { sandbox, timeoutMs: 1500 });
      const expected = text.length === 1 ? { outcome: 'rendered', text } : { outcome: 'timed-out' };
      expect(first!.renders[0]).toMatchObject(expected);
    }
  });

  const loop = (body: string, depth = 6): string =>
    depth === 0 ? body : `{% for i${depth} in range(99999) %}${loop(body, depth - 1)}{% endfor %}`;
  const doubled = `{% set n = namespace(s='xxxxxxxxxxxxxxxx') %}{% for i in range(40) %}{% set n.s = n.s + n.s %}{% endfor %}`;

  test.each([
    ['nested loops', loop('')],
    ['a loop that prints', loop('{{ messages[0].content }}')],
    ['a giant range', '{% for i in range(1000000000) %}x{% endfor %}'],
    ['a string doubled forty times', `${doubled}{{ n.s }}`],
    [
      'a string doubled and rewritten',
      `${doubled.replace('range(40)', 'range(24)')}{{ n.s | upper | replace('X', 'yy') }}`,
    ],
    [
      'many large strings',
      `${doubled.replace('range(40)', 'range(20)')}${loop(`{% set n.s = n.s | replace('x', 'xy') %}`, 2)}`,
    ],
    ['a growing list', `{% set n = namespace(l=[1]) %}${loop('{% set n.l = n.l + n.l %}', 1)}`],
    ['a macro that calls itself', '{% macro f(x) %}{{ f(x + 1) }}{{ f(x + 1) }}{% endmacro %}{{ f(0) }}'],
  ])(
    '%s ends within the limits, and the next template still runs',
    async (_, text) => {
      const start = performance.now();
      const runs = await run(withTemplates(text, 'ok'), 1500);
      expect(performance.now() - start).toBeLessThan(6000);
      expect(runs[0]!.renders[0]!.outcome).toMatch(/^(timed-out|too-large|failed)$/);
      expect(runs[1]!.renders[0]).toMatchObject({ outcome: 'rendered', text: 'ok' });
    },
    20_000,
  );

  test.each([
    ['brackets', `${'('.repeat(130_000)}1${')'.repeat(130_000)}`],
    ['conditions', `1${' if 1 else 1'.repeat(21_000)}`],
    ['filters', `1${'|trim'.repeat(52_000)}`],
  ])(
    'the most characters that are tried, of %s, end within the limits',
    async (_, expression) => {
      const [first] = await run(withTemplates(`{{ ${expression} }}`), 1500);
      expect(first!.parseError ?? first!.renders[0]!.outcome).toBeDefined();
    },
    20_000,
  );

  test.each([
    `{{ ''.constructor.constructor('return process')().version }}`,
    `{{ messages.__proto__.constructor }}`,
    `{{ range.constructor('return 7')() }}`,
    `{{ raise_exception.constructor.constructor('return process.env')() }}`,
    `{{ namespace.__proto__ }}{{ messages[0]['__proto__']['constructor'] }}`,
  ])('%s gets hold of nothing', async (text) => {
    const [first] = await run(withTemplates(text));
    for (const { text: rendered = '' } of first!.renders) expect(rendered.trim()).toMatch(/^(undefined|null)*$/);
  });

  test('an abort ends at once and leaves no process', async () => {
    const before = childrenLeft();
    const header = parseHeader(withTemplates(loop('')));
    const signal = AbortSignal.timeout(300);
    await expect(runTemplates(header, { childUrl, signal })).rejects.toThrow();
    await vi.waitFor(() => expect(childrenLeft()).toBeLessThanOrEqual(before));
  });

  test('two templates that never end use up the time of a file, and the others are named', async () => {
    const runs = await run(withTemplates(...Array.from({ length: 10 }, () => loop(''))), 200);
    expect(runs).toHaveLength(10);
    expect(runs.map(({ renders: [first] }) => first?.outcome).slice(0, 2)).toEqual(['timed-out', 'timed-out']);
    expect(runs.slice(2)).toEqual(runs.slice(2).map(({ key }) => ({ key, renders: [], notTried: 'out-of-time' })));
  });

  test('templates that are too long or too many are named', async () => {
    const long = await run(withTemplates('x'.repeat(2 ** 18 + 1), 'a', '€'.repeat(2 ** 16), 'y'.repeat(2 ** 18), 'b'));
    expect(long.map(({ renders, notTried }) => notTried ?? renders.length)).toEqual([
      'too-long',
      4,
      4,
      'too-many',
      'too-many',
    ]);
    const many = await run(withTemplates(...Array.from({ length: 34 }, () => 'a')));
    expect(many.map(({ notTried }) => notTried).slice(31)).toEqual([undefined, 'too-many', 'too-many']);
  });
});

describeWithData('real files', () => {
  test.skipIf(!isChildBuilt)('every template renders a user message', async () => {
    for (const folder of ['vocab', 'model']) {
      for (const name of readdirSync(dataPath(folder)).filter((entry) => entry.endsWith('.gguf'))) {
        await using source = await openFile(dataPath(folder, name));
        for (const { renders } of await runTemplates(await readHeader(source), { childUrl })) {
          expect(renders[0], name).toMatchObject({ outcome: 'rendered' });
        }
      }
    }
  });
});
