import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Host, locateLlama } from '../../../src/quantizer/embedded/locate.js';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'ggufix-locate-'));
});
afterEach(() => rm(root, { recursive: true }));

/** A machine on which `platform`'s package and koffi are installed below `root`. */
function host(platform: string, arch: string, overrides: Partial<Host> = {}): Host {
  return {
    platform,
    arch,
    resolve: (name) => path.join(root, name, 'dist', 'index.js'),
    isMusl: () => false,
    ...overrides,
  };
}

async function install(platform: string, files: readonly string[]): Promise<string> {
  const folder = path.join(root, '@node-llama-cpp', platform, 'bins', platform);
  await mkdir(folder, { recursive: true });
  for (const file of files) await writeFile(path.join(folder, file), '');
  return folder;
}

describe('locateLlama', () => {
  test.each([
    {
      on: ['linux', 'x64'],
      platform: 'linux-x64',
      names: ['libggml-base.so', 'libggml.v0.5.0.so', 'libllama.v0.5.0.so'],
      others: ['libllama-common.so', 'llama-addon.node', 'libggml-cpu-haswell.so', '_nlcBuildMetadata.json'],
    },
    {
      on: ['darwin', 'arm64'],
      platform: 'mac-arm64-metal',
      names: ['libggml-base.dylib', 'libggml.metal.v0.5.0.dylib', 'libllama.metal.v0.5.0.dylib'],
      others: ['libggml-metal.so', 'libggml-cpu-apple_m1.so', 'libllama-common.dylib'],
    },
    {
      on: ['win32', 'arm64'],
      platform: 'win-arm64',
      names: ['ggml-base.dll', 'ggml.v0.5.0.dll', 'llama.v0.5.0.dll'],
      others: ['ggml-cpu.dll', 'llama-common.dll', 'llama-addon.lib'],
    },
  ] as const)('finds the three libraries of $platform among its files', async ({ on, platform, names, others }) => {
    const folder = await install(platform, [...others, ...names]);
    const [base, ggml, llama] = names.map((name) => path.join(folder, name));
    expect(await locateLlama(host(on[0], on[1]))).toEqual({
      name: `@node-llama-cpp/${platform}`,
      release: '0.5.0',
      folder,
      libraries: { base, ggml, llama },
    });
  });

  const absent = (name: string) => ({
    resolve: (wanted: string) => (wanted.startsWith(name) ? undefined : '/x/y/z.js'),
  });

  test.each([
    ['an unknown platform', host('sunos', 'x64'), 'no llama.cpp package exists for sunos-x64'],
    [
      'a missing package',
      host('linux', 'arm', absent('@node-llama-cpp')),
      'the npm package @node-llama-cpp/linux-armv7l is not installed',
    ],
    [
      'musl',
      host('linux', 'x64', { ...absent('@node-llama-cpp'), isMusl: () => true }),
      'the npm package @node-llama-cpp/linux-x64 needs glibc, and this system has musl',
    ],
    ['missing koffi', host('linux', 'x64', absent('koffi')), 'the npm package koffi is not installed'],
  ])('says why there is none: %s', async (_, machine, message) => {
    await expect(locateLlama(machine)).rejects.toMatchObject({ code: 'unavailable', message });
  });

  test('says which library a package lacks', async () => {
    await install('linux-x64', ['libggml-base.so', 'libllama.v0.5.0.so']);
    await expect(locateLlama(host('linux', 'x64'))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/@node-llama-cpp\/linux-x64 has no library like .*ggml/),
    });
  });
});
