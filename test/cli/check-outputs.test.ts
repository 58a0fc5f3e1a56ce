import { existsSync, linkSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseOutputs } from '../../src/cli/check-outputs.js';
import { runCli } from '../support/run-cli.js';
import { neighboursOf, tempFile } from '../support/temp.js';
import { gemma } from './support/gemma.js';

describe('parseOutputs', () => {
  test('the table goes to stdout where nothing else does', () => {
    expect(parseOutputs([], false)).toEqual([{ format: 'table' }]);
    expect(parseOutputs([], true)).toEqual([{ format: 'json' }]);
    expect(parseOutputs(['json'], true)).toEqual([{ format: 'json' }]);
    expect(parseOutputs(['json=-'], false)).toEqual([{ format: 'json' }]);
    expect(parseOutputs(['json=a.json', 'table=b=c'], false)).toEqual([
      { format: 'table' },
      { format: 'json', file: 'a.json' },
      { format: 'table', file: 'b=c' },
    ]);
  });

  test.each([
    [['yaml'], false, /no format is called 'yaml'; known are table, json, sarif, junit, github, markdown$/],
    [['toString'], false, /no format is called 'toString'/],
    [['json='], false, /--format json= names no file/],
    [['table'], true, /two things would be written to stdout; write one of them to a file/],
    [['table=x', 'json=x'], false, /two things would be written to .*x;/],
  ])('refuses %j', (given, isJson, message) => {
    expect(() => parseOutputs(given, isJson)).toThrow(
      expect.objectContaining({ code: 'bad-option', message: expect.stringMatching(message) }),
    );
  });

  test('refuses a report that would overwrite the baseline, however it is written', () => {
    expect(() => parseOutputs(['json=./known.json'], false, 'known.json')).toThrow(/known\.json; write one of them/);
  });
});

describe('--format F=FILE', () => {
  test('writes whole reports beside the table', async () => {
    const model = tempFile(gemma().bytes());
    const report = path.join(path.dirname(model), 'report');
    writeFileSync(`${report}.json`, 'old');
    const argv = ['check', model, '--format', `json=${report}.json`, '--format', `table=${report}.txt`];
    const { out, exit } = await runCli(argv);
    expect(exit).toBe(1);
    expect(out).toContain('1 file: 1 error');
    expect(readFileSync(`${report}.txt`, 'utf8')).toBe(out);
    const { out: document } = await runCli(['check', model, '--json']);
    expect(readFileSync(`${report}.json`, 'utf8')).toBe(document);
    expect(neighboursOf(model)).toEqual(['report.json', 'report.txt']);
  });

  test('a link stays one', async () => {
    const model = tempFile(gemma().bytes());
    const [link, target] = ['link', 'target'].map((name) => path.join(path.dirname(model), name)) as [string, string];
    writeFileSync(target, 'old');
    symlinkSync(target, link);
    await runCli(['check', model, '--format', `json=${link}`]);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(target, 'utf8'))).toMatchObject({ schema: 'ggufix.check/1' });
  });

  test.each(['model.gguf', 'sha256-abc'])('never takes the place of %s, which is checked', async (name) => {
    const model = tempFile(gemma().bytes(), name);
    // Without its magic a file under such a name does not look like a model any more.
    writeFileSync(model, 'XXXX', { flag: 'r+' });
    const [hard, soft] = ['hard', 'soft'].map((link) => path.join(path.dirname(model), link)) as [string, string];
    linkSync(model, hard);
    symlinkSync(model, soft);
    const before = readFileSync(model);
    for (const file of [model, hard, soft]) {
      const { out, err, exit } = await runCli(['check', model, '--format', `json=${file}`]);
      const why = `it is ${model}, which it would come from`;
      expect([out, err, exit]).toEqual(['', `ggufix: will not write a report over ${file}: ${why}\n`, 3]);
    }
    expect(readFileSync(model)).toEqual(before);
  });

  test('never takes the place of what else is read, or of another model', async () => {
    const model = tempFile(gemma().bytes());
    const [other, config, baseline] = ['other', 'config.yaml', 'known'].map((name) =>
      path.join(path.dirname(model), name),
    ) as [string, string, string];
    writeFileSync(other, gemma().bytes());
    writeFileSync(config, '');
    await runCli(['check', model, '--baseline', `${baseline}.json`, '--update-baseline']);
    symlinkSync(`${baseline}.json`, baseline);
    const argv = ['check', model, '--config', config, '--baseline', `${baseline}.json`];
    expect(await runCli(argv)).toMatchObject({ err: '', exit: 0 });
    for (const file of [other, config, baseline]) {
      const before = readFileSync(file);
      const { out, err, exit } = await runCli([...argv, '--format', `json=${file}`]);
      expect([out, err, exit]).toEqual(['', expect.stringContaining('ggufix: will not write a report over '), 3]);
      expect(readFileSync(file)).toEqual(before);
    }
  });

  test.each([
    ['nowhere/a.json', 'its folder does not exist'],
    ['is-folder', 'it is a folder'],
    ['is-folder/', 'it is a folder'],
    ['model.gguf/a.json', 'its folder does not exist'],
  ])('%s, which cannot be written, is told before anything is checked', async (name, why) => {
    const model = tempFile(gemma().bytes());
    const folder = path.dirname(model);
    mkdirSync(path.join(folder, 'is-folder'));
    const flags = [`${folder}/b.json`, `${folder}/${name}`].flatMap((file) => ['--format', `json=${file}`]);
    const { out, err, exit } = await runCli(['check', model, ...flags]);
    expect([out, err, exit]).toEqual(['', `ggufix: cannot write ${folder}/${name}: ${why}\n`, 3]);
    expect(neighboursOf(model)).toEqual(['is-folder']);
  });

  test.runIf(existsSync('/dev/full'))('one that fails at the end is a failure and stops no others', async () => {
    const model = tempFile(gemma().bytes());
    const flags = ['/dev/full', `${model}.json`].flatMap((file) => ['--format', `json=${file}`]);
    const { err, exit } = await runCli(['check', model, ...flags]);
    expect([err, exit]).toEqual([expect.stringMatching(/^ggufix: cannot write \/dev\/full: ENOSPC.*\n$/), 3]);
    expect(neighboursOf(model)).toEqual(['model.gguf.json']);
  });
});
