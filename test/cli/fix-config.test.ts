import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { CONFIG_NAME } from '../../src/config/find.js';
import { runCli } from '../support/run-cli.js';
import { tempFolder } from '../support/temp.js';
import { EMBEDDING, gemma } from './support/gemma.js';

const KEY_RULE = 'gemma3n/shared-kv-layers-type';
const TENSOR_RULE = 'gemma3n/per-layer-token-embd-type';

/** Repairs a file that breaks both rules of Gemma 3n, beside a config. */
async function fix(config: string, ...flags: string[]) {
  const folder = tempFolder();
  const file = path.join(folder, 'm.gguf');
  writeFileSync(file, gemma({ embedding: 'Q4_K' }).bytes());
  writeFileSync(path.join(folder, CONFIG_NAME), config);
  const before = readFileSync(file);
  const { out, exit, err } = await runCli(['fix', '--json', ...flags, file]);
  const [report] = out === '' ? [] : JSON.parse(out).files;
  const rulesOf = (list: readonly { rule: string }[] = []): string[] => list.map(({ rule }) => rule);
  const isUntouched = before.equals(readFileSync(file));
  return { exit, err, isUntouched, applied: rulesOf(report?.applied), remaining: rulesOf(report?.remaining) };
}

describe('the config of a repair', () => {
  test('a repair without one applies both fixes', async () => {
    expect((await fix('')).applied.sort()).toEqual([TENSOR_RULE, KEY_RULE]);
  });

  test('a rule that is off is neither fixed nor reported', async () => {
    const { applied, remaining, exit } = await fix(`rules: {${TENSOR_RULE}: off}`);
    expect(applied).toEqual([KEY_RULE]);
    expect(remaining).not.toContain(TENSOR_RULE);
    expect(exit).toBe(0);
  });

  test('so is a finding that is ignored with a reason', async () => {
    const { applied, exit } = await fix(`ignore: [{rule: gemma3n, name: ${EMBEDDING}, reason: for llama.cpp only}]`);
    expect(applied).toEqual([KEY_RULE]);
    expect(exit).toBe(0);
  });

  test('where all is off, nothing is written', async () => {
    const { applied, isUntouched } = await fix('rules: {gemma3n: off}');
    expect(applied).toEqual([]);
    expect(isUntouched).toBe(true);
  });

  test('it is not looked at with --no-config', async () => {
    expect((await fix('rules: {gemma3n: off}', '--no-config')).applied).toHaveLength(2);
  });

  test('one that is wrong fails the file, which stays as it is', async () => {
    const { exit, err, isUntouched } = await fix('rulez: {}');
    expect(err).toMatch(/ggufix\.config\.yaml:1:1: unknown key 'rulez'/);
    expect(exit).toBeGreaterThan(1);
    expect(isUntouched).toBe(true);
  });
});
