import { existsSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Finding } from '../../src/checks/check.js';
import { NO_CHOICES } from '../../src/checks/check.js';
import { openConfigs } from '../../src/config/open-configs.js';
import { companionsOf } from '../../src/edit/companions.js';
import { journalText } from '../../src/edit/find-journal.js';
import { type FixRequest, fixFile, isLeftUnfixed } from '../../src/evidence/fix-file.js';
import { evidenceTools } from '../../src/evidence/tools.js';
import { findTensor } from '../../src/gguf/model.js';
import { parseHeader } from '../../src/gguf/parse.js';
import { EMBEDDING, gemma } from '../cli/support/gemma.js';
import { neighboursOf, tempFile, tempFolder } from '../support/temp.js';
import { keepingContext } from './support.js';

const KEY_RULE = 'gemma3n/shared-kv-layers-type';
const TENSOR_RULE = 'gemma3n/per-layer-token-embd-type';
const WRITE = { force: false, strategy: 'auto', keepUndo: false } as const;

/** Repairs files one after the other, as a run does. */
async function fix(files: readonly string[], options: Partial<FixRequest> = {}) {
  const context = keepingContext();
  await using tools = evidenceTools({ threads: 1 });
  const request: FixRequest = {
    ...context,
    ...{ tools, configs: await openConfigs(false), choices: NO_CHOICES, allow: 'safe', isTypeAskedFor: false },
    ...{ write: WRITE, dryRun: false },
    ...options,
  };
  const results = [];
  for (const file of files) results.push(await fixFile(file, request));
  return { results, said: context.said };
}

function broken(): string {
  return tempFile(gemma({ embedding: 'Q4_K' }).bytes());
}

test('repairs in place, file after file with the same workers', async () => {
  const files = [broken(), broken(), tempFile(gemma().bytes())];
  const { results, said } = await fix(files);
  expect(results.map(({ status, change }) => [status, change?.plan.strategy])).toEqual([
    ['fixed', 'rewrite'],
    ['fixed', 'rewrite'],
    ['fixed', 'patch'],
  ]);
  const [first] = results;
  expect(first?.applied.map(({ rule }) => rule).sort()).toEqual([TENSOR_RULE, KEY_RULE]);
  expect(first?.conversions).toMatchObject([{ tensor: EMBEDDING, from: 'Q4_K' }]);
  expect(first?.remaining).toEqual([]);
  for (const file of files) {
    expect(findTensor(parseHeader(readFileSync(file)), EMBEDDING)?.type).not.toBe('Q4_K');
    expect(neighboursOf(file)).toEqual([]);
  }
  expect(said).toEqual([]);
});

test('an output leaves the file alone, and is written also where nothing is to be repaired', async () => {
  const file = broken();
  const before = readFileSync(file);
  const folder = tempFolder();
  const [out, again] = [path.join(folder, 'a.gguf'), path.join(folder, 'b.gguf')];
  expect((await fix([file], { write: { ...WRITE, out } })).results).toMatchObject([{ status: 'fixed', out }]);
  expect(readFileSync(file).equals(before)).toBe(true);
  const { results } = await fix([out], { write: { ...WRITE, out: again } });
  expect(results).toMatchObject([{ status: 'clean', out: again, applied: [] }]);
  expect(readFileSync(again).equals(readFileSync(out))).toBe(true);
});

test('a dry run writes nothing', async () => {
  const file = broken();
  const before = readFileSync(file);
  const { results } = await fix([file], { dryRun: true });
  expect(results).toMatchObject([{ status: 'planned', seconds: 0, change: { plan: { strategy: 'rewrite' } } }]);
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(neighboursOf(file)).toEqual([]);
});

test('an interrupted change is told of by a dry run, and settled by a repair', async () => {
  const file = tempFile(gemma().bytes());
  await fix([file], { write: { ...WRITE, keepUndo: true } });
  const { undo, journal } = companionsOf(file);
  renameSync(undo, journal);
  const dry = await fix([file], { dryRun: true });
  expect(dry.said).toEqual([journalText(file, journal)]);
  expect(dry.results).toMatchObject([{ notes: [] }]);
  const { results, said } = await fix([file]);
  expect(results).toMatchObject([{ notes: ['an earlier change had been interrupted: completed'] }]);
  expect(said).toEqual([]);
  expect(existsSync(journal)).toBe(false);
});

test('a selection limits the repair; an unknown rule is refused', async () => {
  const { results } = await fix([broken()], { only: [KEY_RULE] });
  expect(results).toMatchObject([{ status: 'fixed', applied: [{ rule: KEY_RULE }], remaining: [] }]);
  await expect(fix([broken()], { only: ['no/such-rule'] })).rejects.toMatchObject({ code: 'bad-option' });
});

test('progress is shown and grows with the bytes written', async () => {
  const log: unknown[] = [];
  const file = broken();
  const { results } = await fix([file], {
    startWork: (work) => {
      log.push(work);
      return { update: (done) => log.push(done), end: () => log.push('end') };
    },
  });
  const bytes = results[0]?.change?.bytes;
  expect(log[0]).toEqual({ label: `rewrite ${file}`, total: bytes, unit: 'bytes' });
  expect(log.at(-1)).toBe('end');
  const counts = log.slice(1, -1).map(Number);
  expect(counts.length).toBeGreaterThan(1);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  // Padding is not counted.
  expect(Math.max(...counts)).toBeLessThanOrEqual(bytes ?? 0);
});

test('an unsafe fix that is left counts only where a type was asked for', () => {
  const finding = (severity: Finding['severity'], safety: 'safe' | 'unsafe'): Finding => ({
    ...{ rule: 'a/b', severity, message: '', data: {}, place: { kind: 'file', offset: 0, length: 0 }, affects: [] },
    fix: { title: '', safety, edits: [] },
  });
  const [asked, unasked] = [{ isTypeAskedFor: true }, { isTypeAskedFor: false }];
  expect(isLeftUnfixed([finding('error', 'safe')], unasked)).toBe(true);
  expect(isLeftUnfixed([finding('warning', 'unsafe')], unasked)).toBe(false);
  expect(isLeftUnfixed([finding('warning', 'unsafe')], asked)).toBe(true);
  expect(isLeftUnfixed([finding('warning', 'safe')], asked)).toBe(false);
});
