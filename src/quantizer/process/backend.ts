import { readdir, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { ProgramEnd } from './run-program.js';

/** Whether a program of llama.cpp ended because it found no backend to compute with, not even one for the CPU. */
export function lacksBackend({ exitCode, lastWords }: ProgramEnd): boolean {
  return exitCode !== 0 && lastWords.some((line) => /no backends are loaded|no CPU backend found/.test(line));
}

/**
 * The CPU backend that belongs to a program and that it does not find by itself, to be named by GGML_BACKEND_PATH.
 * Distributions keep backends as libraries of their own in a folder whose path is compiled in, so a package that was
 * unpacked elsewhere finds none. `undefined` where there is none near the program.
 */
export async function findCpuBackend(program: string): Promise<string | undefined> {
  const root = path.join(path.dirname(await realpath(program)), '..');
  const instructions = await cpuInstructions();
  for (const folder of await backendFolders(root)) {
    const names = (await readdir(folder).catch(() => [])).filter((name) => CPU_BACKEND.test(name)).sort();
    const chosen = pickCpuBackend(names, instructions);
    if (chosen !== undefined) return path.join(folder, chosen);
  }
  return undefined;
}

const CPU_BACKEND = /^(?:lib)?ggml-cpu(?:-[\w.]+)?\.(?:so|dll|dylib)$/;

/** What a build for Haswell needs beyond the first x86-64 processors. */
const HASWELL: readonly string[] = ['avx2', 'bmi2', 'f16c', 'fma'];

/**
 * The library to use among those of one folder. ggml asks each how well it suits the processor, which we cannot: so the
 * one for Haswell where the processor is known to have what that needs, else one that runs everywhere.
 */
export function pickCpuBackend(names: readonly string[], instructions: ReadonlySet<string>): string | undefined {
  const called = (variant: RegExp): string | undefined => names.find((name) => variant.test(name));
  const haswell = HASWELL.every((one) => instructions.has(one)) ? called(/-haswell\./) : undefined;
  return haswell ?? called(/cpu\.|-x64\.|-armv8\.0/) ?? (names.length === 1 ? names[0] : undefined);
}

/** Where packages keep backends: `lib/x86_64-linux-gnu/ggml/backends0`, `lib/ggml`, `lib`. */
async function backendFolders(root: string): Promise<string[]> {
  const libraries = [path.join(root, 'lib'), path.join(root, 'lib64')];
  const nested = await Promise.all(libraries.map(foldersIn));
  const roots = [...libraries, ...nested.flat()];
  const ggml = roots.map((folder) => path.join(folder, 'ggml'));
  const backends = await Promise.all(ggml.map(foldersIn));
  return [...backends.flat(), ...ggml, ...roots];
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map(({ name }) => path.join(folder, name))
    .sort();
}

/** The processor's instruction sets by Linux's names; nothing is known of them elsewhere. */
async function cpuInstructions(): Promise<ReadonlySet<string>> {
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  return new Set(/^flags\s*:(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/) ?? []);
}
