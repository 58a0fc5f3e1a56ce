import { expect, test } from 'vitest';
import { renderJunit } from '../../../src/report/formats/junit.js';
import { finding, HOSTILE, RUN } from './runs.js';
import { parseXml, type XmlElement } from './xml.js';

/** What the schemas of Jenkins, GitLab and the Ant task have in common: children and attributes of each element. */
const ELEMENTS: Readonly<Record<string, { readonly children: RegExp; readonly attributes: readonly string[] }>> = {
  testsuites: { children: /^testsuite$/, attributes: ['name', 'tests', 'failures', 'errors'] },
  testsuite: { children: /^testcase$/, attributes: ['name', 'tests', 'failures', 'errors'] },
  testcase: { children: /^(failure|error|system-out)$/, attributes: ['name', 'classname', 'file'] },
  failure: { children: /^$/, attributes: ['type', 'message'] },
  error: { children: /^$/, attributes: ['type', 'message'] },
  'system-out': { children: /^$/, attributes: [] },
};

function assertFits(element: XmlElement): void {
  const { children, attributes } = ELEMENTS[element.name]!;
  expect(Object.keys(element.attributes)).toEqual(attributes);
  for (const child of element.children) {
    expect(child.name).toMatch(children);
    assertFits(child);
  }
  if (!element.name.startsWith('testsuite')) return;
  const cases = element.name === 'testsuite' ? element.children : element.children.flatMap(({ children }) => children);
  const count = (name: string): string => `${cases.filter((one) => one.children.some((c) => c.name === name)).length}`;
  expect(element.attributes).toMatchObject({
    tests: `${cases.length}`,
    failures: count('failure'),
    errors: count('error'),
  });
}

test('the document fits the schemas that its readers have in common, and counts right', () => {
  const root = parseXml(renderJunit(RUN));
  assertFits(root);
  expect(root.attributes).toEqual({ name: 'ggufix check', tests: '6', failures: '2', errors: '1' });
  assertFits(parseXml(renderJunit([])));
});

test('a suite a file, a case a rule: errors fail, warnings and advice pass with output', () => {
  const [broken, clean, gone] = parseXml(renderJunit(RUN)).children;
  expect(broken?.children.map(({ attributes, children }) => [attributes['name'], children[0]?.name])).toEqual([
    ['gemma3n/shared-kv-layers-type', 'failure'],
    ['container/final-padding', 'system-out'],
    ['naming/none', 'system-out'],
  ]);
  expect(broken?.children[0]?.children[0]).toMatchObject({
    attributes: {
      type: 'gemma3n/shared-kv-layers-type',
      message: "error: key 'gemma3n.attention.shared_kv_layers' is a float32, expected uint32 (byte 120)",
    },
    text:
      "error: key 'gemma3n.attention.shared_kv_layers' is a float32, expected uint32 (byte 120)\n" +
      '  affects ollama >=0.9.3\n  fix (safe): write it as uint32',
  });
  expect(clean?.children).toMatchObject([{ attributes: { name: 'no findings' }, children: [] }]);
  expect(gone?.children[0]?.children).toMatchObject([
    { name: 'error', attributes: { type: 'ENOENT', message: 'no such file' }, text: 'no such file' },
  ]);
});

test('findings of one rule share a case', () => {
  const findings = [finding(), finding({ severity: 'info', message: 'second' }), finding({ rule: 'a/b' })];
  const [suite] = parseXml(renderJunit([{ source: 'a', findings }])).children;
  expect(suite?.children).toHaveLength(2);
  expect(suite?.children[0]?.children[0]?.text).toContain('\ninfo: second (byte 120)');
});

test('text of a file stays text', () => {
  const xml = renderJunit(RUN);
  // XML 1.0, section 2.2: the characters that a document may have.
  expect(xml).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  const hostile = parseXml(xml).children[3]!;
  expect(hostile.children[0]!.children[0]!.text.split('\n')).toHaveLength(3);
  const start = HOSTILE.slice(0, HOSTILE.indexOf('\r'));
  expect(hostile.attributes['name']).toContain(start);
  expect(hostile.children[0]!.children[0]!.text).toContain(start);
});
