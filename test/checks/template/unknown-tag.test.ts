import { describe, expect, test } from 'vitest';
import { unknownTag } from '../../../src/checks/template/unknown-tag.js';
import { findEntry } from '../../../src/gguf/model.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { scalarValue } from '../../../src/gguf/values.js';
import { REAL } from '../../templates/real-templates.js';
import { changedNames, findingsOf, fixedHeader, testRule } from '../rule-test.js';
import { templateFile } from './template-file.js';

const KEY = 'tokenizer.chat_template';

describe('template/unknown-tag', () => {
  testRule(unknownTag, [
    {
      title: 'the generation tags',
      bytes: templateFile('{% generation %}x{% endgeneration %}').bytes(),
      message: /'generation', 'endgeneration'/,
    },
    { title: 'a tag of another language', bytes: templateFile('{%- with a = 1 %}{% endwith %}').bytes() },
  ]);

  test.each(Object.entries(REAL))('accepts a template like %s', (_, text) => {
    expect(findingsOf(unknownTag, templateFile(text).bytes())).toEqual([]);
  });

  test.each([
    ['{% generation %}x{% endgeneration %}y', 'xy'],
    ['a\n  {% generation %}\n{{ x }}\n{% endgeneration %}\nb', 'a\n{{ x }}\nb'],
    ['a \n{%- generation -%} \n {{ x }} {%- endgeneration -%} \nb', 'a{{ x }}b'],
    ["{{ '{% generation %}' }}{% generation %}é{% endgeneration %}", "{{ '{% generation %}' }}é"],
  ])('the fix makes %j into %j and changes nothing else', (text, expected) => {
    const bytes = templateFile(text).bytes();
    const header = parseHeader(bytes);
    const [finding] = findingsOf(unknownTag, bytes);
    const after = fixedHeader(header, finding!);
    expect(finding!.fix!.safety).toBe('safe');
    expect(scalarValue(findEntry(after, KEY)!)).toBe(expected);
    expect(findingsOf(unknownTag, Buffer.from(after.bytes))).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: [KEY], tensors: [] });
  });

  test('does not touch a template with other unknown tags, or one that is no UTF-8', () => {
    for (const text of ['{% generation %}{% with %}', '{% generation %}\ufffd']) {
      expect(findingsOf(unknownTag, templateFile(text).bytes())[0]!.fix).toBeUndefined();
    }
  });
});
