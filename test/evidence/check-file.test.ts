import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { RULES } from '../../src/checks/index.js';
import { CONFIG_NAME } from '../../src/config/find.js';
import { openConfigs } from '../../src/config/open-configs.js';
import { companionsOf } from '../../src/edit/companions.js';
import { journalText } from '../../src/edit/find-journal.js';
import { type CheckRequest, checkFile } from '../../src/evidence/check-file.js';
import { evidenceTools } from '../../src/evidence/tools.js';
import { gemma } from '../cli/support/gemma.js';
import { runCli } from '../support/run-cli.js';
import { tempFile } from '../support/temp.js';
import { keepingContext } from './support.js';

const KEY_RULE = 'gemma3n/shared-kv-layers-type';

async function check(file: string, options: Partial<CheckRequest> = {}) {
  const context = keepingContext();
  await using tools = evidenceTools({ threads: 0 });
  const configs = await openConfigs(undefined);
  const findings = await checkFile(file, { ...context, rules: RULES, configs, tools, ...options });
  return { findings, said: context.said };
}

test('finds what the command finds, infos too', async () => {
  const file = tempFile(gemma({ embedding: 'Q4_K' }).bytes());
  writeFileSync(path.join(path.dirname(file), CONFIG_NAME), `rules: {${KEY_RULE}: info}`);
  const { findings, said } = await check(file);
  const { out } = await runCli(['check', '--json', file]);
  const facts = findings.map(({ rule, severity, message }) => ({ rule, severity, message }));
  expect(facts).toContainEqual(expect.objectContaining({ rule: KEY_RULE, severity: 'info' }));
  expect(JSON.parse(out).files[0].findings).toMatchObject(facts);
  expect(said).toEqual([]);
});

test('what is asked for counts more than the config', async () => {
  const file = tempFile(gemma().bytes());
  writeFileSync(path.join(path.dirname(file), CONFIG_NAME), 'targets: ["ollama@0.9.6"]\nprofile: quick');
  const skipped: string[] = [];
  const severities = async (targets: readonly string[]) =>
    (await check(file, { targets })).findings.filter(({ rule }) => rule === KEY_RULE).map(({ severity }) => severity);
  expect(await severities([])).toEqual(['error']);
  expect(await severities(['llama.cpp'])).toEqual(['info']);
  await check(file, { profile: 'upload', onSkipped: (rule) => skipped.push(rule) });
  const needed = new Set(RULES.filter(({ id }) => skipped.includes(id)).map(({ needs }) => needs));
  expect([...needed]).toEqual(['engine']);
});

test('says that an interrupted change waits beside the file', async () => {
  const file = tempFile(gemma().bytes());
  const { journal } = companionsOf(file);
  writeFileSync(journal, 'x');
  expect((await check(file)).said).toEqual([journalText(file, journal)]);
});
