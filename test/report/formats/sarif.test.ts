import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import type { CheckedFile } from '../../../src/report/check.js';
import { renderSarif } from '../../../src/report/formats/sarif.js';
import { CONTEXT, finding, HOSTILE, manyFindings, RUN } from './runs.js';
import { SARIF_SUBSET } from './sarif-schema.js';

/** What of a SARIF log these tests look at. */
interface Log {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly Record<string, unknown>[] } };
      readonly invocations: readonly [
        { executionSuccessful: boolean; toolExecutionNotifications: readonly { message: { text: string } }[] },
      ];
      readonly results: readonly SarifResult[];
    },
  ];
}

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex?: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly [{ readonly physicalLocation: { readonly artifactLocation: object } }];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

function validator(schema: object) {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(schema);
}

function logOf(files: readonly CheckedFile[]): Log['runs'][0] {
  const log: Log = JSON.parse(renderSarif(files, CONTEXT));
  return log.runs[0];
}

describe('the log', () => {
  const isSubset = validator(SARIF_SUBSET);

  test.each([
    ['a run with everything', RUN],
    ['no files', []],
    ['a clean file', [{ source: 'a.gguf', findings: [] }]],
  ])('is valid: %s', (_title, files) => {
    isSubset(JSON.parse(renderSarif(files, CONTEXT)));
    expect(isSubset.errors).toBeNull();
  });

  const whole = process.env['GGUFIX_SARIF_SCHEMA'];
  // The whole schema is not ours to ship; the npm package @microsoft/jest-sarif has it under lib/schemas.
  test.skipIf(whole === undefined)('is valid by the whole schema that GGUFIX_SARIF_SCHEMA names', () => {
    // One pattern of it is no regular expression with the u flag that ajv sets: a bracket too many.
    const text = readFileSync(whole ?? '', 'utf8').replaceAll('[a-zA-Z]{2}]?$', '[a-zA-Z]{2}?$');
    const { $schema: _draft4, id: _id, ...schema } = JSON.parse(text);
    const isSarif = validator(schema);
    isSarif(JSON.parse(renderSarif([...RUN, manyFindings(30_000, 'x')], CONTEXT)));
    expect(isSarif.errors).toBeNull();
    expect(isSarif({ version: '2.1.0', runs: [{ results: [] }] })).toBe(false);
  });

  test('is the same every time, and the same when its files were checked twice', () => {
    expect(renderSarif(RUN, CONTEXT)).toBe(renderSarif(structuredClone(RUN), CONTEXT));
  });
});

describe('rules', () => {
  test('are those that found something, with their help, and results point at them', () => {
    const { tool, results } = logOf(RUN);
    const { rules } = tool.driver;
    expect(rules.map(({ id }) => id)).toEqual(['container/final-padding', 'gemma3n/shared-kv-layers-type']);
    expect(rules[1]).toMatchObject({
      help: { markdown: expect.stringContaining('### Remedy') },
      defaultConfiguration: { level: 'error' },
      properties: { tags: ['gguf', 'gemma3n'], needs: 'header' },
    });
    for (const { ruleId, ruleIndex } of results) {
      if (ruleIndex !== undefined) expect(rules[ruleIndex]?.['id']).toBe(ruleId);
    }
    expect(results.map(({ ruleIndex }) => ruleIndex)).toEqual([1, 0, undefined, 1]);
  });

  test('every rule fits what GitHub takes', () => {
    const files = CONTEXT.rules.map(({ id }) => ({ source: 'a', findings: [finding({ rule: id })] }));
    const { rules } = logOf(files).tool.driver;
    expect(rules).toHaveLength(CONTEXT.rules.length);
    for (const { shortDescription, fullDescription } of rules as readonly Record<string, { text: string }>[]) {
      expect(shortDescription!.text.length).toBeLessThanOrEqual(1024);
      expect(fullDescription!.text.length).toBeLessThanOrEqual(1024);
    }
  });
});

describe('results', () => {
  test('say where in bytes, which key or tensor, whom it hurts and how it would be fixed', () => {
    expect(logOf(RUN).results[0]).toEqual({
      ruleId: 'gemma3n/shared-kv-layers-type',
      ruleIndex: 1,
      level: 'error',
      message: { text: "key 'gemma3n.attention.shared_kv_layers' is a float32, expected uint32" },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'models/gemma%203n%2C%C3%B6%231.gguf', uriBaseId: '%SRCROOT%' },
            region: { startLine: 1, byteOffset: 120, byteLength: 55 },
          },
          logicalLocations: [
            {
              name: 'gemma3n.attention.shared_kv_layers',
              fullyQualifiedName: 'metadata/gemma3n.attention.shared_kv_layers',
              kind: 'property',
            },
          ],
        },
      ],
      partialFingerprints: {
        'ggufix/v1': expect.stringMatching(/^[0-9a-f]{32}:1$/),
        primaryLocationLineHash: expect.stringMatching(/^[0-9a-f]{32}:1$/),
      },
      properties: { affects: ['ollama >=0.9.3'], fix: { safety: 'safe', title: 'write it as uint32' } },
    });
    expect(logOf(RUN).results.map(({ level }) => level)).toEqual(['error', 'warning', 'note', 'error']);
  });

  test.each([
    ['./a/b.gguf', { uri: 'a/b.gguf', uriBaseId: '%SRCROOT%' }],
    ['../b.gguf', { uri: '../b.gguf', uriBaseId: '%SRCROOT%' }],
    ['a:b.gguf', { uri: 'a%3Ab.gguf', uriBaseId: '%SRCROOT%' }],
    ['/m/a b.gguf', { uri: 'file:///m/a%20b.gguf' }],
  ])('the file %s has a URI', (source, location) => {
    const { results } = logOf([{ source, findings: [finding()] }]);
    expect(results[0]?.locations[0].physicalLocation.artifactLocation).toEqual(location);
  });

  test('a fingerprint survives moves and other words, and tells repeats and keys apart', () => {
    const prints = (...findings: readonly ReturnType<typeof finding>[]): (string | undefined)[] =>
      logOf([{ source: 'a.gguf', findings }]).results.map(
        ({ partialFingerprints }) => partialFingerprints['ggufix/v1'],
      );
    const place = finding().place;
    const [first, second, other] = prints(finding(), finding(), finding({ place: { ...place, name: 'other' } }));
    expect(new Set([first, second, other]).size).toBe(3);
    expect(prints(finding({ message: 'better words', place: { ...place, offset: 7 } }))).toEqual([first]);
  });

  test('text of a file makes no links', () => {
    const hostile = logOf(RUN).results[3]?.message.text ?? '';
    expect(hostile).not.toMatch(/(?<!\\)\]\(/);
    expect(hostile).toContain('\\[b\\](http://evil)');
    expect(hostile).not.toMatch(/[\p{Cc}\p{Cs}\u202e]/u);
    expect(HOSTILE).toContain('[b](');
  });
});

describe('limits', () => {
  test('of too many results the least severe are left out, and it says so', () => {
    const { results, invocations } = logOf([manyFindings(30_000, 'x')]);
    expect(results.length).toBeLessThan(25_000);
    expect(results.filter(({ level }) => level === 'error')).toHaveLength(1);
    expect(results.filter(({ level }) => level === 'note')).toHaveLength(0);
    const [note] = invocations[0].toolExecutionNotifications;
    expect(note?.message.text).toMatch(
      /^1\d,\d{3} findings of 30,000 left out, the least severe: GitHub takes no more/,
    );
    const numbers = results.map(({ message }) => Number.parseInt(message.text, 10));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  test.each([
    ['short', ''],
    ['long', 'é'.repeat(5000)],
  ])('stays below 10 MB and 25,000 with %s messages', (_title, message) => {
    const text = renderSarif([manyFindings(30_000, message)], CONTEXT);
    expect(Buffer.byteLength(text)).toBeLessThan(10_000_000);
    expect(Buffer.byteLength(text)).toBeGreaterThan(7_000_000);
    const smallest = finding({ rule: '', message: '', affects: [], place: { kind: 'file', offset: 0, length: 0 } });
    const [result] = logOf([{ source: 'a', findings: [smallest] }]).results;
    expect(JSON.stringify(result).length * 25_000).toBeGreaterThan(8_000_000);
  });

  test('a file that could not be read makes the run unsuccessful', () => {
    const [invocation] = logOf(RUN).invocations;
    expect(invocation.executionSuccessful).toBe(false);
    expect(invocation.toolExecutionNotifications[0]?.message.text).toBe('no such file (ENOENT)');
  });
});
