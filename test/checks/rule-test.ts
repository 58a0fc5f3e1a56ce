import { expect, test } from 'vitest';
import type { Finding, FixChoices, Rule } from '../../src/checks/check.js';
import type { Evidence } from '../../src/checks/evidence.js';
import { runChecks } from '../../src/checks/run.js';
import { applyEdits, simulate } from '../../src/edit/draft.js';
import type { Header } from '../../src/gguf/model.js';
import { parseHeader } from '../../src/gguf/parse.js';
import { type GgufBuilder, gguf } from '../support/gguf-builder.js';

/** A small file without any fault. */
export function cleanFile(): GgufBuilder {
  return gguf()
    .metadata('general.architecture', { type: 'string', value: 'gemma3n' })
    .metadata('gemma3n.block_count', { type: 'uint32', value: 30 })
    .tensor('token_embd.weight', 'Q8_0', [32, 2])
    .tensor('output_norm.weight', 'F32', [8]);
}

/** What `rule` alone finds. */
export function findingsOf(rule: Rule, bytes: Uint8Array, choices?: FixChoices): Finding[] {
  return runChecks(parseHeader(bytes), { rules: [rule], ...(choices === undefined ? {} : { choices }) });
}

/** What `rule` alone finds, given what else was looked up. */
export function findingsWith(rule: Rule, file: GgufBuilder, evidence: Evidence): Finding[] {
  const findings = runChecks(parseHeader(file.bytes()), { rules: [rule], evidence });
  expect(() => JSON.stringify(findings)).not.toThrow();
  return findings;
}

/** A file that breaks one rule, and what is known or said of it. The words of parser problems are tested with them. */
export interface Fault {
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly data?: object;
  readonly message?: RegExp | string;
  /** Offset in the file of the place that the finding names. */
  readonly at?: number;
  readonly name?: string;
}

/** Tests a rule without a fix: clean on a clean file, exactly one finding, and that with its words, on each fault. */
export function testRule(rule: Rule, faults: readonly Fault[], clean: GgufBuilder = cleanFile()): void {
  test('passes on a clean file', () => {
    expect(findingsOf(rule, clean.bytes())).toEqual([]);
  });

  for (const { title, bytes, data, message, at, name } of faults) {
    test(`finds ${title}`, () => {
      const findings = findingsOf(rule, bytes);
      expect(findings).toHaveLength(1);
      expect(findings[0]).toMatchObject({ rule: rule.id, severity: rule.severity });
      if (data !== undefined) expect(findings[0]!.data).toMatchObject(data);
      if (message !== undefined) expect(findings[0]!.message).toMatch(message);
      if (at !== undefined) expect(findings[0]!.place.offset).toBe(at);
      if (name !== undefined) expect(findings[0]!.place.name).toBe(name);
      expect(() => JSON.stringify(findings)).not.toThrow();
    });
  }
}

/** The header after the fix of a finding. */
export function fixedHeader(header: Header, { fix }: Finding): Header {
  return simulate(applyEdits(header, fix!.edits));
}

/** What differs between two headers: keys and tensor names, by name, in the order of the first. */
export function changedNames(before: Header, after: Header): { keys: string[]; tensors: string[] } {
  return {
    keys: different(before.metadata.map(entryPair), after.metadata.map(entryPair)),
    tensors: different(before.tensors.map(tensorPair), after.tensors.map(tensorPair)),
  };
}

type Pair = readonly [string, string];

const entryPair = ({ key, raw }: Header['metadata'][number]): Pair => [key, Buffer.from(raw).toString('hex')];
/** Not the offset: it moves where a tensor before it changes its size. */
const tensorPair = ({ name, typeId, dims }: Header['tensors'][number]): Pair => [name, `${typeId} ${dims.join(' ')}`];

function different(before: readonly Pair[], after: readonly Pair[]): string[] {
  const texts = (pairs: readonly Pair[]): Set<string> => new Set(pairs.map((pair) => pair.join('\0')));
  const [old, young] = [texts(before), texts(after)];
  const changed = [
    ...before.filter((pair) => !young.has(pair.join('\0'))),
    ...after.filter((pair) => !old.has(pair.join('\0'))),
  ];
  return [...new Set(changed.map(([name]) => name))];
}
