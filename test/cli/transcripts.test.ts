import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { gguf } from '../support/gguf-builder.js';
import { smallModel } from '../support/models.js';
import { BINARY, runBinary } from '../support/run-cli.js';
import { tempFolder } from '../support/temp.js';

/** A folder with one good, one damaged and one wrong file. */
function folderOfModels(): string {
  const folder = tempFolder();
  writeFileSync(path.join(folder, 'good.gguf'), smallModel().bytes());
  writeFileSync(path.join(folder, 'cut.gguf'), smallModel().cutAt(-100).bytes());
  writeFileSync(path.join(folder, 'page.gguf'), '<!doctype html>');
  return folder;
}

/** Runs the built program as a user would and writes down what it answers. */
function transcript(folder: string, ...commands: string[][]): string {
  return commands
    .map((argv) => {
      const { out, err, exit } = runBinary(argv, folder);
      const errors = err === '' ? '' : `\n[stderr]\n${err}`;
      return `\`\`\`\n$ ggufix ${argv.join(' ')}\n${out}${errors}[exit ${exit}]\n\`\`\`\n`;
    })
    .join('\n');
}

describe('the built program', () => {
  test('inspects', async () => {
    const text = transcript(
      folderOfModels(),
      ['inspect', 'good.gguf', '--tensors'],
      ['inspect', 'good.gguf', '--json', '--keys', 'tokenizer.*'],
      ['inspect', '.', '--keys', 'general.name'],
      ['inspect', 'cut.gguf', '--keys', 'x', '--quiet'],
    );
    await expect(text).toMatchFileSnapshot('transcripts/inspect.md');
  });

  test('refuses wrong usage', async () => {
    const text = transcript(folderOfModels(), ['inspcet'], ['inspect'], ['inspect', 'good.gguf', '--fast']);
    await expect(text).toMatchFileSnapshot('transcripts/usage.md');
  });

  test.skipIf(process.platform === 'win32')('a reader that leaves early is no error', () => {
    const folder = tempFolder();
    const items = Array.from({ length: 300_000 }, (_, i) => i);
    const file = gguf().metadata('many', { type: 'array', itemType: 'uint32', items }).bytes();
    writeFileSync(path.join(folder, 'many.gguf'), file);
    const script = `"${process.execPath}" "${BINARY}" inspect many.gguf --full | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const run = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
    expect([run.stdout, run.stderr]).toEqual(['many.gguf\n0\n', '']);
  });

  test.skipIf(process.platform !== 'linux')('output that cannot be written is a failure', () => {
    const script = `"${process.execPath}" "${BINARY}" inspect good.gguf >/dev/full; echo $?`;
    const run = spawnSync('bash', ['-c', script], { cwd: folderOfModels(), encoding: 'utf8' });
    expect(run.stdout).toBe('3\n');
    expect(run.stderr).toMatch(/^ggufix: cannot write the output: ENOSPC/);
  });
});
