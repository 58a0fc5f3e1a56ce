import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { tempFolder } from '../support/temp.js';

/** What of the action these tests look at. */
interface Action {
  readonly inputs: Readonly<
    Record<string, { readonly description: string; readonly default?: string; readonly required?: boolean }>
  >;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}

const text = readFileSync('action.yml', 'utf8');
const action: Action = parse(text);
const { steps } = action.runs;
const script = steps[0]?.run ?? '';

describe('action.yml', () => {
  test('is a composite action whose inputs are all described and have a default or are required', () => {
    expect(action.runs.using).toBe('composite');
    for (const input of Object.values(action.inputs)) {
      expect(input.description).toMatch(/\.$|\)\.$/);
      expect(typeof input.default === 'string' || input.required === true).toBe(true);
    }
    for (const { run, shell } of steps) expect(run === undefined || shell === 'bash').toBe(true);
  });

  test('uses every input and no other, and only as the whole value of a variable or of an input', () => {
    const values = steps.flatMap((step) => [...Object.values(step.env ?? {}), ...Object.values(step.with ?? {})]);
    const used = values.flatMap((value) => /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value)?.[1] ?? []);
    expect(used.sort()).toEqual(Object.keys(action.inputs).sort());
    expect(text.match(/\binputs\./g)).toHaveLength(used.length);
    expect(script).not.toContain('${{');
  });

  test('the outputs are those that the script sets', () => {
    for (const [name, { value }] of Object.entries(action.outputs)) {
      expect(value).toBe(`\${{ steps.${steps[0]?.id}.outputs.${name} }}`);
      expect(script).toContain(`echo "${name}=`);
    }
  });
});

/** Runs the script with these inputs and an npm that installs a program which tells how it was called. */
function run(inputs: Readonly<Record<string, string>>, { exit = 0 } = {}) {
  const folder = tempFolder();
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  mkdirSync(path.join(folder, 'tmp dir'));
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ version: '9.8.7' }));
  const program = `
    const { writeFileSync } = require('node:fs');
    const argv = process.argv.slice(2);
    writeFileSync(${JSON.stringify(path.join(folder, 'argv'))}, JSON.stringify(argv));
    for (const arg of argv) {
      const [, file] = /^--format=\\w+=(.*)$/.exec(arg) ?? [];
      if (file !== undefined) writeFileSync(file, 'report');
    }
    process.exit(${exit});`;
  writeFileSync(path.join(bin, 'ggufix.js'), program);
  const npm = `#!/usr/bin/env bash
printf '%s\\n' "$@" > '${folder}/npm'
mkdir -p node_modules/ggufix/bin && cp '${bin}/ggufix.js' node_modules/ggufix/bin/ggufix.js\n`;
  writeFileSync(path.join(bin, 'npm'), npm, { mode: 0o755 });
  const defaults = Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? '']);
  const given = Object.entries({ ...Object.fromEntries(defaults), ...inputs });
  const result = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: `${bin}:${process.env['PATH']}`,
      RUNNER_TEMP: path.join(folder, 'tmp dir'),
      GITHUB_ACTION_PATH: folder,
      GITHUB_OUTPUT: path.join(folder, 'output'),
      GITHUB_STEP_SUMMARY: path.join(folder, 'summary'),
      ...Object.fromEntries(given.map(([name, value]) => [`INPUT_${name.toUpperCase().replaceAll('-', '_')}`, value])),
    },
  });
  const read = (name: string): string =>
    existsSync(path.join(folder, name))
      ? readFileSync(path.join(folder, name), 'utf8')
          .replaceAll(folder, '')
          .replaceAll(/(ggufix-reports)-\w+/g, '$1')
      : '';
  const argv: string[] = JSON.parse(read('argv') || '[]');
  return { exit: result.status, out: result.stdout, err: result.stderr, argv, read, folder };
}

describe('the script', () => {
  const REPORTS = '/tmp dir/ggufix-reports';

  test('runs the version of the action with the reports that GitHub shows', () => {
    const { exit, err, argv, read } = run({ paths: 'models/' });
    expect([err, exit]).toEqual(['', 0]);
    expect(argv).toEqual(['check', '--format=github', `--format=markdown=${REPORTS}/summary.md`, '--', 'models/']);
    expect(read('npm').trim().split('\n').slice(-2)).toEqual(['--omit=optional', 'ggufix@9.8.7']);
    expect(read('summary')).toBe('report');
    expect(read('output')).toBe(`summary=${REPORTS}/summary.md\n`);
  });

  test('hands over each line as one argument, whatever it holds', () => {
    const { argv, folder } = run({
      paths: '  a b.gguf\n\n$(touch owned)\n`touch owned`\n"; touch owned; "\n-x.gguf\n*.gguf\n',
      profile: 'upload',
      targets: 'ollama@0.9.6\r\nllama.cpp',
      formats: 'github\njunit=a b.xml',
      args: '--max-warnings=0',
      'upload-sarif': 'true',
    });
    expect(argv).toEqual([
      'check',
      '--profile=upload',
      '--target=ollama@0.9.6',
      '--target=llama.cpp',
      '--format=github',
      '--format=junit=a b.xml',
      `--format=markdown=${REPORTS}/summary.md`,
      `--format=sarif=${REPORTS}/ggufix.sarif`,
      '--max-warnings=0',
      '--',
      'a b.gguf',
      '$(touch owned)',
      '`touch owned`',
      '"; touch owned; "',
      '-x.gguf',
      '*.gguf',
    ]);
    expect(existsSync(path.join(folder, 'owned'))).toBe(false);
  });

  test('keeps the exit code and still offers the reports', () => {
    const { exit, read } = run({ paths: 'a.gguf', 'upload-sarif': 'true' }, { exit: 1 });
    expect(exit).toBe(1);
    expect(read('output')).toBe(`summary=${REPORTS}/summary.md\nsarif=${REPORTS}/ggufix.sarif\n`);
    expect(steps[1]?.if).toContain('!cancelled()');
  });

  test('takes a given version, the built copy, or refuses what is no version', () => {
    expect(run({ paths: 'a', version: '1.0.0-rc.1' }).read('npm')).toContain('ggufix@1.0.0-rc.1\n');
    expect(run({ paths: 'a', args: '--engine' }).read('npm')).toContain('--omit=dev\n');
    const local = run({ paths: 'a', version: 'local' });
    expect([local.exit, local.read('npm'), local.argv.at(-1)]).toEqual([0, '', 'a']);
    const slip = run({ paths: 'a', version: 'file:/evil' });
    expect([slip.exit, slip.read('npm'), slip.argv]).toEqual([2, '', []]);
  });
});
