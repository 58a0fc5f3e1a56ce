import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { divergenceArguments } from '../../../src/quantizer/evaluate/arguments.js';
import { openPerplexity } from '../../../src/quantizer/evaluate/perplexity.js';
import { dataPath, describeWithData } from '../../support/data.js';
import { describeWithTools } from '../../support/llama-tools.js';
import { tempFile, tempFolder } from '../../support/temp.js';
import { zeroLogits } from '../support/evaluate.js';

describeWithTools('llama-perplexity', ['llama-perplexity'], () => {
  test('is found, and says its version', async () => {
    const { name, version } = await openPerplexity();
    expect(name).toBe('llama-perplexity');
    expect(version).toMatch(/^\d+/);
  });

  describeWithData('of a package that was unpacked somewhere', () => {
    test('runs with the backend that it does not find itself, the environment being left alone', async (context) => {
      const program = unpackedProgram();
      if (program === undefined) return context.skip('the one on PATH is no script that names a backend');
      const logits = tempFile(zeroLogits({ contextSize: 8, vocabularySize: 1280, chunks: 20 }), 'b.kld');
      const model = dataPath('model/tiny-gemma3n-BF16.gguf');
      const perplexity = await openPerplexity(program);
      const args = divergenceArguments({ model, logits, contextSize: 8, threads: 1 });
      const before = process.env['GGML_BACKEND_PATH'];
      // The scores are zeros, so its figures mean nothing; that it computes is what counts.
      expect(await perplexity.run(args, {})).toMatchObject({ exitCode: 0 });
      expect(process.env['GGML_BACKEND_PATH']).toBe(before);
    });
  });
});

/** What stands before the program in the scripts that put Debian's package into a folder of its own. */
const NAMED_BACKEND = /GGML_BACKEND_PATH=\$\{GGML_BACKEND_PATH:-(\S+)\} /;

/** The program on PATH without the backend that its script names, in a folder with `lib/ggml/backends0` beside it. */
function unpackedProgram(): string | undefined {
  if (process.platform === 'win32' || process.env['GGML_BACKEND_PATH'] !== undefined) return undefined;
  const script = readFileSync(execFileSync('which', ['llama-perplexity'], { encoding: 'utf8' }).trim(), 'latin1');
  const [, backend] = NAMED_BACKEND.exec(script) ?? [];
  if (backend === undefined) return undefined;
  const root = tempFolder();
  for (const folder of ['bin', 'lib/ggml']) mkdirSync(path.join(root, folder), { recursive: true });
  symlinkSync(path.dirname(backend), path.join(root, 'lib/ggml/backends0'));
  const program = path.join(root, 'bin', 'llama-perplexity');
  writeFileSync(program, script.replace(NAMED_BACKEND, ''));
  chmodSync(program, 0o755);
  return program;
}
