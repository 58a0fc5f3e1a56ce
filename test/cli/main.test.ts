import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/main.js';
import { displayWidth } from '../../src/report/text-width.js';
import { fakeTerminal, runCli } from '../support/run-cli.js';

const names = Object.keys(COMMANDS);

describe('the registry of commands', () => {
  test('has every file of commands/ under the name of its command', async () => {
    const files = readdirSync('src/cli/commands').filter((file) => file.endsWith('.ts'));
    expect(files.sort()).toEqual(names.map((name) => `${name}.ts`).sort());
    for (const [name, load] of Object.entries(COMMANDS)) {
      const make = await load();
      expect(make(fakeTerminal()).name()).toBe(name);
    }
  });
});

describe('help', () => {
  test.each([['ggufix', '--help'], ...names.map((name) => [name, name, '--help'])])('%s', async (name, ...argv) => {
    const { out, err, exit } = await runCli(argv);
    expect([err, exit]).toEqual(['', 0]);
    expect(out.split('\n').filter((line) => displayWidth(line) > 80)).toEqual([]);
    await expect(out).toMatchFileSnapshot(`help/${name}.txt`);
  });

  test.each(names)('%s has examples', async (name) => {
    const { out } = await runCli([name, '--help']);
    expect(out).toMatch(/Examples:\n {2}# .+\n {2}\$ ggufix /);
  });

  test.each(names)('%s, or each of its own commands, has the shared flags', async (name) => {
    const make = await COMMANDS[name]?.();
    const own = make?.(fakeTerminal()).commands.map((command) => command.name()) ?? [];
    for (const child of own.length === 0 ? [[]] : own.map((inner) => [inner])) {
      const { out } = await runCli([name, ...child, '--help']);
      for (const flag of ['--json', '--quiet', '--verbose', '--threads <n>', '--progress <mode>']) {
        expect(out, child.join()).toContain(flag);
      }
    }
  });

  test('is the answer to a bare call, on stderr and with the exit code of wrong usage', async () => {
    const { out, err, exit } = await runCli([]);
    expect([out, exit]).toEqual(['', 2]);
    expect(err).toMatch(/^Usage: ggufix <command>/);
  });

  test('follows the width of the terminal', async () => {
    const { out } = await runCli(['inspect', '--help'], { stdout: { width: 50 } });
    const description = out.split('\n').find((line) => line.startsWith('Shows'));
    expect(description?.length).toBeLessThanOrEqual(50);
  });
});

test('--version prints the version of package.json', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(await runCli(['--version'])).toEqual({ out: `${version}\n`, err: '', exit: 0 });
  expect(await runCli(['-V'])).toEqual({ out: `${version}\n`, err: '', exit: 0 });
});

describe('wrong usage exits with 2 and says what is wrong on stderr', () => {
  test.each([
    ['an unknown command', ['inspcet', 'x'], /^ggufix: unknown command 'inspcet'\n\(Did you mean inspect\?\)\n$/],
    ['an unknown flag', ['inspect', 'x', '--fix'], /^ggufix: unknown option '--fix'\n.*ggufix inspect --help/],
    ['an unknown flag of the program', ['--fast', 'inspect', 'x'], /^ggufix: unknown option '--fast'/],
    ['no source', ['inspect'], /^ggufix: missing required argument 'sources'/],
    ['a choice that is none', ['inspect', 'x', '--progress', 'loud'], /'loud' is invalid.* auto, bar, json, none/],
    ['a number that is none', ['inspect', 'x', '--threads', '1.5'], /^ggufix: --threads is "1.5", expected a whole/],
    ['a flag without its value', ['inspect', 'x', '--keys'], /'--keys <glob>' argument missing/],
    ['a name of Object.prototype', ['constructor', 'x'], /^ggufix: unknown command 'constructor'/],
  ])('%s', async (_what, argv, message) => {
    const { out, err, exit } = await runCli(argv);
    expect([out, exit]).toEqual(['', 2]);
    expect(err).toMatch(message);
  });
});
