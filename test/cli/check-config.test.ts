import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { CONFIG_NAME } from '../../src/config/find.js';
import { runCli } from '../support/run-cli.js';
import { tempFolder } from '../support/temp.js';
import { EMBEDDING, gemma } from './support/gemma.js';

const KEY_RULE = 'gemma3n/shared-kv-layers-type';
const TENSOR_RULE = 'gemma3n/per-layer-token-embd-type';

/** A folder with a file that breaks both rules of Gemma 3n, and a config. */
function project(config?: string): { folder: string; file: string } {
  const folder = tempFolder();
  mkdirSync(path.join(folder, 'models'));
  const file = path.join(folder, 'models', 'm.gguf');
  writeFileSync(file, gemma({ embedding: 'Q4_K' }).bytes());
  if (config !== undefined) writeFileSync(path.join(folder, CONFIG_NAME), config);
  return { folder, file };
}

async function severities(config: string, ...flags: string[]): Promise<Record<string, string>> {
  const { out } = await runCli(['check', '--json', project(config).file, ...flags]);
  const { findings } = JSON.parse(out).files[0];
  return Object.fromEntries(findings.map(({ rule, severity }: Record<string, string>) => [rule, severity]));
}

describe('the config', () => {
  test('sets severities, and off means that a rule does not run', async () => {
    expect(await severities('')).toMatchObject({ [KEY_RULE]: 'error', [TENSOR_RULE]: 'error' });
    const config = `rules: {gemma3n: warning, ${KEY_RULE}: off}`;
    expect(await severities(config)).toMatchObject({ [TENSOR_RULE]: 'warning' });
    expect(await severities(config)).not.toHaveProperty(KEY_RULE);
  });

  test('ignores with a reason', async () => {
    const config = `ignore: [{rule: gemma3n, name: ${EMBEDDING}, files: "models/*", reason: for llama.cpp only}]`;
    expect(await severities(config)).not.toHaveProperty(TENSOR_RULE);
    expect(await severities(config)).toHaveProperty(KEY_RULE);
  });

  test('names targets, which the command line overrides', async () => {
    const config = 'targets: [llama.cpp]';
    expect(await severities(config)).toMatchObject({ [KEY_RULE]: 'info', [TENSOR_RULE]: 'info' });
    expect(await severities(config, '--target', 'ollama@0.9.6')).toMatchObject({ [KEY_RULE]: 'error' });
  });

  test('holds a policy, whose violations are findings', async () => {
    const config = 'policy: {types: [F32], keys: [general.nothing], provenance: [general.license], maxBytes: 10 B}';
    expect(await severities(config, '--only', 'policy')).toEqual({
      'policy/file-size': 'error',
      'policy/provenance': 'error',
      'policy/required-key': 'error',
      'policy/tensor-type': 'error',
    });
  });

  test('is not looked at with --no-config', async () => {
    expect(await severities('rules: {gemma3n: off}', '--no-config')).toHaveProperty(KEY_RULE);
    expect(await severities('profle: x', '--no-config')).toHaveProperty(KEY_RULE);
  });

  test('may be another file', async () => {
    const other = path.join(tempFolder(), 'strict.yaml');
    writeFileSync(other, 'rules: {gemma3n: info}');
    expect(await severities('rules: {gemma3n: off}', '--config', other)).toMatchObject({ [KEY_RULE]: 'info' });
  });
});

describe('a config that is wrong', () => {
  test('is a usage error of the files that it is for, and stops no others', async () => {
    const bad = project('profle: quick');
    const good = project();
    const { out, err, exit } = await runCli(['check', '--json', bad.file, good.file]);
    expect(exit).toBe(2);
    expect(err).toBe(
      `ggufix: ${bad.file}: ${path.join(bad.folder, CONFIG_NAME)}:1:1: unknown key 'profle', did you mean 'profile'?\n`,
    );
    expect(JSON.parse(out).files).toMatchObject([{ error: { code: 'bad-option' } }, { verdict: 'fail' }]);
  });

  test('stops the run where it was named', async () => {
    const { folder, file } = project('profle: quick');
    const config = path.join(folder, CONFIG_NAME);
    const { out, exit } = await runCli(['check', file, '--config', config]);
    expect([out, exit]).toEqual(['', 2]);
    expect(await runCli(['check', file, '--config', '/nowhere.yaml'])).toMatchObject({
      exit: 3,
      err: 'ggufix: cannot read /nowhere.yaml: no such file\n',
    });
  });
});
