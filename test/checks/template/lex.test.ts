import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runChecks } from '../../../src/checks/run.js';
import { TEMPLATE_RULES } from '../../../src/checks/template/index.js';
import { lex } from '../../../src/checks/template/lex.js';
import { parseHeader, readHeader } from '../../../src/gguf/parse.js';
import { openFile } from '../../../src/sources/file.js';
import { dataPath, describeWithData } from '../../support/data.js';
import { templateFile } from './template-file.js';

const words = (text: string): string[] => [...lex(text)].map(({ kind, text: word }) => `${kind} ${word}`);

describe('lex', () => {
  test('tells text, tags, strings and comments apart', () => {
    expect(words(`a{# {{ #}{{- x["}}"] ** {'b': 10_0} }}{% raw %}{{ y }}{% endraw %}`)).toEqual([
      'text a',
      'open {{',
      'operator -',
      'name x',
      'operator [',
      'string }}',
      'operator ]',
      'operator **',
      'operator {',
      'string b',
      'operator :',
      'number 10_0',
      'operator }',
      'close }}',
      'text {{ y }}',
    ]);
  });

  test.each(['{{', '{%', '{#', '{', "{{ '", '{{ "\\', '{% raw %}', '{{ }', ''])('ends on the unfinished %j', (text) => {
    expect(() => words(text)).not.toThrow();
  });

  test.each([
    '{{',
    "{{ ' }}",
    '{% if ',
    '{%- raw ',
    '{{ x.',
    '{',
    '{% if x.content == "abc" %}',
    ' ',
    '{% generation %}',
  ])(
    'two million characters of %j take seconds for all rules',
    (piece) => {
      const header = parseHeader(templateFile(piece.repeat(2_000_000 / piece.length)).bytes());
      const start = performance.now();
      runChecks(header, { rules: TEMPLATE_RULES });
      expect(performance.now() - start).toBeLessThan(10_000);
    },
    60_000,
  );
});

describeWithData('real files', () => {
  test('none gives more than infos', async () => {
    for (const folder of ['vocab', 'model']) {
      for (const name of readdirSync(dataPath(folder)).filter((entry) => entry.endsWith('.gguf'))) {
        await using source = await openFile(dataPath(folder, name));
        const findings = runChecks(await readHeader(source), { rules: TEMPLATE_RULES });
        expect(
          findings.filter(({ severity }) => severity !== 'info'),
          name,
        ).toEqual([]);
      }
    }
  });

  test.each([
    ['p17_chat_template_ssti', 'template/code-escape'],
    ['p18_chat_template_range_bomb', 'template/giant-range'],
    ['p19_chat_template_backdoor', 'template/content-gate'],
  ])('%s gives %s', async (name, rule) => {
    await using source = await openFile(dataPath('malformed', `${name}.gguf`));
    expect(runChecks(await readHeader(source), { rules: TEMPLATE_RULES })).toMatchObject([{ rule }]);
  });
});
