import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { CONFIG_NAME } from '../../src/config/find.js';
import { GATHERERS } from '../../src/evidence/gather.js';
import { smallModel } from '../support/models.js';
import { tempFile } from '../support/temp.js';
import { fakeGatherers, fakeRule, runCheck } from './check-tools.js';

const NEEDS = ['name', 'template', 'shards', 'data', 'checksum', 'engine', 'policy'] as const;
const RULES = [fakeRule('a/header', 'header'), ...NEEDS.map((need) => fakeRule(`a/${need}`, need))];

/** What is looked up, and which rules find something. */
async function lookUps(flags: object, rules = RULES): Promise<{ asked: string[]; found: string[] }> {
  const { gatherers, asked } = fakeGatherers(...NEEDS);
  const { out } = await runCheck([tempFile(smallModel().bytes())], { json: true, ...flags }, { rules, gatherers });
  const found = JSON.parse(out).files[0].findings.map(({ rule }: { rule: string }) => rule.slice(2));
  return { asked: asked.sort(), found };
}

describe('a profile says what is looked up', () => {
  test.each([
    ['quick', ['policy']],
    ['default', ['name', 'policy', 'shards', 'template']],
    ['upload', ['checksum', 'data', 'name', 'policy', 'shards', 'template']],
  ])('%s', async (profile, needs) => {
    const { asked, found } = await lookUps({ profile });
    expect(asked).toEqual(needs);
    expect(found.sort()).toEqual([...needs, 'header'].sort());
  });

  test('--data and --engine add to it', async () => {
    expect((await lookUps({})).asked).toEqual(['name', 'policy', 'shards', 'template']);
    expect((await lookUps({ profile: 'quick', data: true, engine: true })).asked).toEqual(['data', 'engine', 'policy']);
  });
});

describe('nothing is looked up that no rule wants', () => {
  test('because of --only or --ignore', async () => {
    expect((await lookUps({ only: ['a/header'] })).asked).toEqual([]);
    expect((await lookUps({ only: ['a/template'] })).asked).toEqual(['template']);
    expect((await lookUps({ ignore: ['a/template'] })).asked).not.toContain('template');
  });

  test('and once where several want it', async () => {
    const twice = [fakeRule('a/x', 'template'), fakeRule('a/y', 'template')];
    expect(await lookUps({}, twice)).toEqual({ asked: ['template'], found: ['x', 'y'] });
  });
});

test('a rule that was asked for and does not run is named', async () => {
  const file = tempFile(smallModel().bytes());
  const note = 'ggufix: note: not run, since they look at more than the profile does: a/data\n';
  expect(await runCheck([file], { only: ['a/data'] }, { rules: RULES })).toMatchObject({ err: note, exit: 0 });
  expect(await runCheck([file], { only: ['a/data'], data: true }, { rules: RULES })).toMatchObject({ err: '' });
  expect(await runCheck([file], {}, { rules: RULES })).toMatchObject({ err: '' });
});

test('a rule whose need nobody can look up does not run', async () => {
  const rules = [fakeRule('a/template', 'template'), fakeRule('a/header', 'header')];
  const { out } = await runCheck([tempFile(smallModel().bytes())], { json: true }, { rules });
  expect(JSON.parse(out).files[0].findings).toMatchObject([{ rule: 'a/header' }]);
});

test('a look-up that fails is the failure of one file', async () => {
  const files = [tempFile(smallModel().bytes(), 'a.gguf'), tempFile(smallModel().bytes(), 'b.gguf')];
  const gatherers = {
    template: ({ file }: { file: { path: string } }) => {
      if (file.path.endsWith('a.gguf')) throw new Error('no luck');
      return [];
    },
  };
  const result = await runCheck(files, { json: true }, { rules: [fakeRule('a/template', 'template')], gatherers });
  expect(result).toMatchObject({ exit: 3, err: expect.stringContaining('no luck') });
  expect(JSON.parse(result.out).files).toMatchObject([{ error: {} }, { findings: [{ rule: 'a/template' }] }]);
});

test('the name and the policy come from ggufix itself', async () => {
  const file = tempFile(smallModel().bytes(), 'some-name.gguf');
  writeFileSync(path.join(path.dirname(file), CONFIG_NAME), 'policy: {maxBytes: 7}');
  const rules = [fakeRule('a/name', 'name'), fakeRule('a/policy', 'policy')];
  const { out } = await runCheck([file], { json: true }, { rules, gatherers: GATHERERS });
  const messages = JSON.parse(out).files[0].findings.map(({ message }: { message: string }) => message);
  expect(messages).toEqual(['"some-name.gguf"', '{"maxBytes":7}']);
});
