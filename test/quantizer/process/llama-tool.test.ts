import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openLlamaTool } from '../../../src/quantizer/process/llama-tool.js';
import { describeWithTools } from '../../support/llama-tools.js';
import { tempFolder } from '../../support/temp.js';

const PLACE = { name: 'llama-imatrix', flag: '--llama-imatrix', variable: 'LLAMA_IMATRIX' };

/** A shell script as `bin/llama-imatrix` of a package that was unpacked in a folder of its own. */
function packaged(script: string): { readonly root: string; readonly program: string } {
  const root = tempFolder();
  mkdirSync(path.join(root, 'bin'));
  const program = path.join(root, 'bin', 'llama-imatrix');
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  return { root, program };
}

test('a program that is nowhere is unavailable, with the ways to name it', async () => {
  await expect(openLlamaTool({ ...PLACE, name: 'llama-nowhere', given: undefined })).rejects.toMatchObject({
    code: 'unavailable',
    message: 'llama-nowhere is neither on PATH nor named by --llama-imatrix or LLAMA_IMATRIX',
  });
});

test.skipIf(process.platform === 'win32')('a program that ignores --version does not hold us for ever', async () => {
  const { program } = packaged('exec sleep 1000');
  await expect(openLlamaTool({ ...PLACE, given: program }, undefined, 300)).rejects.toMatchObject({
    code: 'unavailable',
    message: `${program} does not answer --version within 0.3 s`,
  });
});

describeWithTools('the real one', ['llama-imatrix'], () => {
  test('is found on PATH and says its version', async () => {
    const { program, version } = await openLlamaTool({ ...PLACE, given: undefined });
    expect(path.isAbsolute(program)).toBe(true);
    expect(version).toMatch(/^\S+ \(/);
  });
});

/** Complains as llama.cpp does where it finds no backend. */
const NEEDS_BACKEND = `if [ "$1" = --version ]; then echo 'version: 1'; exit; fi
if [ -z "$GGML_BACKEND_PATH" ]; then echo 'E llama: no backends are loaded' >&2; exit 1; fi
echo "backend $GGML_BACKEND_PATH"`;

test.skipIf(process.platform === 'win32' || process.env['GGML_BACKEND_PATH'] !== undefined)(
  'a program that finds no backend runs again with the one of its package',
  async () => {
    const { root, program } = packaged(NEEDS_BACKEND);
    const folder = path.join(root, 'lib', 'ggml');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'libggml-cpu.so'), '');
    const tool = await openLlamaTool({ ...PLACE, given: program });
    expect(tool.version).toBe('1');
    const { exitCode, lastWords } = await tool.run(['-m', 'x'], {});
    expect({ exitCode, lastWords }).toEqual({
      exitCode: 0,
      lastWords: [`backend ${path.join(folder, 'libggml-cpu.so')}`],
    });
  },
);

test.skipIf(process.platform === 'win32').each([
  ['without a word', 'true', 3],
  ['before it comes to the reason', "echo '0.00.001 I llama: loading' >&2", 3],
  ['and says why', "echo '0.00.001 E llama: no model' >&2", 1],
  ['and complains past its log', 'echo "llama: unable to open x" >&2', 1],
])('one that fails %s', async (_, words, runs) => {
  const { root, program } = packaged(`echo run >> "$0.log"; ${words}; exit 1`);
  const tool = await openLlamaTool({ ...PLACE, given: program });
  await tool.run([], {});
  // The first was asked for its version.
  expect(readFileSync(path.join(root, 'bin', 'llama-imatrix.log'), 'utf8').split('run')).toHaveLength(1 + 1 + runs);
});
