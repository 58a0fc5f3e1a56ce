import { expect, test } from 'vitest';
import { codeHtml, escapeMarkdown } from '../../../src/report/formats/escape-markdown.js';

test('markup, links and cells show as they are', () => {
  expect(escapeMarkdown('a|b *c* [d](e)')).toBe('a&#124;b &#42;c&#42; &#91;d&#93;(e)');
  expect(escapeMarkdown('<img src=x>\n')).toBe('&#60;img src=x&#62;&#92;n');
});

test('nobody is mentioned', () => {
  expect(escapeMarkdown('@team #1')).toBe('&#64;&#8288;team &#35;&#8288;1');
});

test('code is HTML, so that it may stand in a table', () => {
  expect(codeHtml('a`b')).toBe('<code>a&#96;b</code>');
});
