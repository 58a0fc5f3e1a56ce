import { expect, test } from 'vitest';
import { escapeXml } from '../../../src/report/formats/escape-xml.js';

test('what means something in XML is written as an entity', () => {
  expect(escapeXml(`a<b>&"c"'d' ]]>`)).toBe(`a&lt;b&gt;&amp;&quot;c&quot;'d' ]]&gt;`);
});

test('controls and halves of characters, which XML cannot hold, are made visible', () => {
  expect(escapeXml('a\u0000b\u001b[31m\ud800\uffff')).toBe('a\\u0000b\\u001b[31m\ufffd\ufffd');
});
