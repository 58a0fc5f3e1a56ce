import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findCpuBackend, lacksBackend, pickCpuBackend } from '../../../src/quantizer/process/backend.js';
import { tempFolder } from '../../support/temp.js';

/** An unpacked package with a program and empty libraries at these paths; returns the program. */
function packageWith(...libraries: readonly string[]): string {
  const root = tempFolder();
  for (const file of ['bin/llama-tool', ...libraries]) {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, file), '');
  }
  return path.join(root, 'bin', 'llama-tool');
}

describe('lacksBackend', () => {
  const line = 'E llama_model_load_from_file_impl: no backends are loaded. hint: use ggml_backend_load()';

  test('knows the message of a failure', () => {
    expect(lacksBackend({ exitCode: 1, signal: null, lastWords: ['x', line] })).toBe(true);
    expect(lacksBackend({ exitCode: 0, signal: null, lastWords: [line] })).toBe(false);
    expect(lacksBackend({ exitCode: 1, signal: null, lastWords: ['error: out of memory'] })).toBe(false);
  });
});

describe('findCpuBackend', () => {
  test.each([
    'lib/x86_64-linux-gnu/ggml/backends0/libggml-cpu-x64.so',
    'lib/ggml/backends1/libggml-cpu.so',
    'lib64/ggml/libggml-cpu.so',
    'lib/libggml-cpu.dylib',
  ])('finds %s', async (library) => {
    const program = packageWith(library);
    expect(await findCpuBackend(program)).toBe(path.join(path.dirname(program), '..', library));
  });

  test.skipIf(process.platform === 'win32')('follows a link to where the program really is', async () => {
    const program = packageWith('lib/libggml-cpu.so');
    const link = path.join(tempFolder(), 'llama-tool');
    symlinkSync(program, link);
    expect(await findCpuBackend(link)).toBe(path.join(path.dirname(program), '..', 'lib/libggml-cpu.so'));
  });

  test('finds nothing among other libraries', async () => {
    expect(await findCpuBackend(packageWith('lib/libggml-base.so', 'lib/libggml-cuda.so'))).toBeUndefined();
    expect(await findCpuBackend(packageWith())).toBeUndefined();
  });
});

describe('pickCpuBackend', () => {
  const all = ['libggml-cpu-alderlake.so', 'libggml-cpu-haswell.so', 'libggml-cpu-x64.so', 'libggml-cpu-zen4.so'];

  test('takes the one for Haswell only where the processor has all that it needs', () => {
    const haswell = new Set(['avx2', 'bmi2', 'f16c', 'fma', 'sse4_2']);
    expect(pickCpuBackend(all, haswell)).toBe('libggml-cpu-haswell.so');
    expect(pickCpuBackend(all, new Set(['avx2']))).toBe('libggml-cpu-x64.so');
    expect(pickCpuBackend(all, new Set())).toBe('libggml-cpu-x64.so');
  });

  test('takes the plainest for ARM, and the only one that there is', () => {
    const arm = ['libggml-cpu-armv8.0_1.so', 'libggml-cpu-armv8.2_1.so', 'libggml-cpu-armv9.2_2.so'];
    expect(pickCpuBackend(arm, new Set())).toBe('libggml-cpu-armv8.0_1.so');
    expect(pickCpuBackend(['libggml-cpu-icelake.so'], new Set())).toBe('libggml-cpu-icelake.so');
    expect(pickCpuBackend(['libggml-cpu-icelake.so', 'libggml-cpu-zen4.so'], new Set())).toBeUndefined();
    expect(pickCpuBackend([], new Set())).toBeUndefined();
  });
});
