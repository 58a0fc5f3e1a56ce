import { describe, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.js';
import { tempFile } from '../support/temp.js';
import { gemma } from './support/gemma.js';

const file = (): string => tempFile(gemma().bytes());

describe('--target', () => {
  test('makes an info of what hurts none of them', async () => {
    const { out, exit } = await runCli(['check', '--json', file(), '--target', 'llama.cpp@b5000,ollama@0.30.0']);
    expect(exit).toBe(0);
    const document = JSON.parse(out);
    expect(document.summary).toMatchObject({ errors: 0, infos: 1 });
    expect(document.files[0]).toMatchObject({
      verdict: 'pass',
      findings: [
        {
          rule: 'gemma3n/shared-kv-layers-type',
          severity: 'info',
          affects: ['ollama >=0.9.3 <0.30.0'],
          unaffectedTargets: ['llama.cpp@b5000', 'ollama@0.30.0'],
        },
      ],
    });
  });

  test('keeps what hurts one of them', async () => {
    const { out, exit } = await runCli([
      'check',
      '--json',
      file(),
      '--target',
      'llama.cpp',
      '--target',
      'ollama@0.9.6',
    ]);
    expect(exit).toBe(1);
    expect(JSON.parse(out).files[0].findings[0]).not.toHaveProperty('unaffectedTargets');
  });

  test('says so in the text', async () => {
    const { out } = await runCli(['check', file(), '--target', 'llama.cpp']);
    expect(out).toMatch(/^ {2}info /m);
    expect(out).toContain('affects no target: llama.cpp\n');
    expect(out).toMatch(/\n1 file: 0 errors, 0 warnings, 1 info\n/);
  });

  test('that is unknown is a slip', async () => {
    expect(await runCli(['check', file(), '--target', 'vllm'])).toEqual({
      out: '',
      err: "ggufix: target 'vllm': no such runtime; known are ggml, llama.cpp, ollama\n",
      exit: 2,
    });
  });

  test('--profile that is unknown is a slip', async () => {
    expect(await runCli(['check', file(), '--profile', 'full'])).toMatchObject({
      err: 'ggufix: --profile is "full", expected quick, default, upload\n',
      exit: 2,
    });
  });
});
