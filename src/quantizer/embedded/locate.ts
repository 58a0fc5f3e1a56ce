import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { GgufError } from '../../errors.js';

/** The shared libraries of llama.cpp that an npm package `@node-llama-cpp/<platform>` brings. */
export interface LlamaPackage {
  readonly name: string;
  /** Release of llama.cpp, such as `0.5.0`, read from the library's file name. */
  readonly release: string;
  /** Folder of the libraries; ggml looks for its CPU backends here. */
  readonly folder: string;
  /** Absolute paths. Each library needs the ones before it, so this is the order to open them in. */
  readonly libraries: { readonly base: string; readonly ggml: string; readonly llama: string };
}

/** What `locateLlama` has to know of the machine. */
export interface Host {
  readonly platform: string;
  readonly arch: string;
  /** Path of the main file of an installed npm package, `undefined` if it is not installed. */
  resolve(packageName: string): string | undefined;
  /** Whether the C library is musl, for which no package is published. */
  isMusl(): boolean;
}

const PLATFORMS: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-arm': 'linux-armv7l',
  'darwin-arm64': 'mac-arm64-metal',
  'darwin-x64': 'mac-x64',
  'win32-x64': 'win-x64',
  'win32-arm64': 'win-arm64',
};

const LIBRARY_NAMES = {
  base: /^(?:lib)?ggml-base\.(?:so|dylib|dll)$/,
  ggml: /^(?:lib)?ggml(?:\.[a-z]+)?\.v\d+\.\d+\.\d+\.(?:so|dylib|dll)$/,
  llama: /^(?:lib)?llama(?:\.[a-z]+)?\.v(\d+\.\d+\.\d+)\.(?:so|dylib|dll)$/,
} as const;

/** Finds llama.cpp's libraries and checks that koffi, which calls them, is installed. Rejects with `unavailable`. */
export async function locateLlama(host: Host = thisHost()): Promise<LlamaPackage> {
  const platform = PLATFORMS[`${host.platform}-${host.arch}`];
  if (platform === undefined) throw unavailable(`no llama.cpp package exists for ${host.platform}-${host.arch}`);
  const name = `@node-llama-cpp/${platform}`;
  const main = host.resolve(name);
  if (main === undefined) {
    throw unavailable(
      host.platform === 'linux' && host.isMusl()
        ? `the npm package ${name} needs glibc, and this system has musl`
        : `the npm package ${name} is not installed`,
    );
  }
  if (host.resolve('koffi') === undefined) throw unavailable('the npm package koffi is not installed');
  // The package's main file is <package>/dist/index.js.
  return librariesIn(path.join(path.dirname(main), '..', 'bins', platform), name);
}

async function librariesIn(folder: string, name: string): Promise<LlamaPackage> {
  const files = await readdir(folder).catch((cause: unknown) => {
    throw unavailable(`the npm package ${name} has no folder ${folder}`, { cause });
  });
  const find = (pattern: RegExp): RegExpExecArray => {
    const match = files.map((file) => pattern.exec(file)).find((found) => found !== null);
    if (match === undefined) throw unavailable(`the npm package ${name} has no library like ${pattern.source}`);
    return match;
  };
  const [base, ggml, llama] = [find(LIBRARY_NAMES.base), find(LIBRARY_NAMES.ggml), find(LIBRARY_NAMES.llama)];
  return {
    name,
    release: llama[1]!, // the pattern's only group
    folder,
    libraries: {
      base: path.join(folder, base[0]),
      ggml: path.join(folder, ggml[0]),
      llama: path.join(folder, llama[0]),
    },
  };
}

/** The machine that this process runs on. */
function thisHost(): Host {
  const require = createRequire(import.meta.url);
  return {
    platform: process.platform,
    arch: process.arch,
    resolve(packageName) {
      try {
        return require.resolve(packageName);
      } catch {
        return undefined;
      }
    },
    isMusl: isMuslSystem,
  };
}

/** musl installs its own `ldd`, a name for its loader; glibc's is a script that never says musl. */
function isMuslSystem(): boolean {
  try {
    return readFileSync('/usr/bin/ldd', 'latin1').includes('musl');
  } catch {
    return false;
  }
}

function unavailable(what: string, options?: ErrorOptions): GgufError<'unavailable'> {
  return new GgufError('unavailable', what, { what }, options);
}
