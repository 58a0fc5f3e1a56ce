import type { LibraryHandle, TypeObject } from 'koffi';
import { GgufError } from '../../errors.js';
import type { LlamaPackage } from './locate.js';
import { knownRelease, layoutMismatches, type StructLayout } from './structs.js';

type Koffi = typeof import('koffi');
type LibraryName = keyof LlamaPackage['libraries'];

/** A C type: a name that koffi knows, or a struct made with it. */
export type CType = string | TypeObject;
/** An address in native memory; never 0, since koffi gives `null` for that. */
export type Pointer = bigint;
/** A native function that blocks the event loop while it runs. */
export type Native<Result> = (...args: readonly unknown[]) => Result;
/** A native function that runs on another thread, so that log lines and signals are served meanwhile. */
export type NativeAsync<Result> = (...args: readonly unknown[]) => Promise<Result>;

/** A struct whose layout was compared with the library's own defaults, and these defaults. */
export interface CheckedStruct {
  readonly type: TypeObject;
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** llama.cpp's log levels that matter here; a `CONT` line goes on with the one before it. */
export const LOG_LEVEL = { info: 2, warning: 3, error: 4, continued: 5 } as const;

/**
 * llama.cpp opened in this process. An assertion or a wild pointer in native code ends the process,
 * so only a child process should hold one.
 */
export interface LlamaLibrary {
  readonly koffi: Koffi;
  /** Release of llama.cpp, without the `-dev` that its packages carry. */
  readonly release: string;
  /** Binds a function that is quick or must run on this thread. `Result` is what koffi makes of the C type `result`. */
  sync<Result>(from: LibraryName, name: string, result: CType, parameters: readonly CType[]): Native<Result>;
  /** The same for one that takes long. */
  async<Result>(from: LibraryName, name: string, result: CType, parameters: readonly CType[]): NativeAsync<Result>;
  /** Makes a struct type, refusing it with `unavailable` if the library's defaults do not lie where the layout says. */
  struct(layout: StructLayout): CheckedStruct;
  /** Sends every piece of log text here instead of to stderr. */
  onLog(listener: (level: number, text: string) => void): void;
}

/** Opens the libraries of a package, with no CPU backend registered yet. Rejects with `unavailable`. */
export async function openLlama(found: LlamaPackage): Promise<LlamaLibrary> {
  const koffi = await import('koffi').catch((cause: unknown) => {
    throw unavailable(`koffi does not load: ${messageOf(cause)}`, cause);
  });
  const open = (file: string): LibraryHandle => orUnavailable(`${found.name} does not load`, () => koffi.load(file));
  const handles: Record<LibraryName, LibraryHandle> = {
    base: open(found.libraries.base),
    ggml: open(found.libraries.ggml),
    llama: open(found.libraries.llama),
  };
  const bind = (from: LibraryName, name: string, result: CType, parameters: readonly CType[]) =>
    orUnavailable(`${found.name} has no usable ${name}`, () => handles[from].func(name, result, [...parameters]));

  const library: LlamaLibrary = {
    koffi,
    release: requireKnownRelease(String(bind('llama', 'llama_version', 'const char *', [])())),
    sync: (from, name, result, parameters) => bind(from, name, result, parameters),
    async: (from, name, result, parameters) => promised(bind(from, name, result, parameters)),
    struct: (layout) => checkedStruct(library, layout),
    onLog(listener) {
      const type = koffi.proto('void', ['int', 'const char *', 'void *']);
      const callback = koffi.register((level: number, text: string) => listener(level, text), koffi.pointer(type));
      bind('llama', 'llama_log_set', 'void', [koffi.pointer(type), 'void *'])(callback, null);
    },
  };
  return library;
}

function requireKnownRelease(version: string): string {
  const release = knownRelease(version);
  if (release === undefined) throw unavailable(`llama.cpp ${version} is not a release whose structs are known here`);
  return release;
}

function checkedStruct(library: LlamaLibrary, { defaultsFunction, members }: StructLayout): CheckedStruct {
  const types = Object.entries(members).map(([member, { type }]) => [member, type] as const);
  const type = library.koffi.struct(Object.fromEntries(types));
  const defaults = library.sync<Record<string, unknown>>('llama', defaultsFunction, type, [])();
  const mismatches = layoutMismatches({ defaultsFunction, members }, defaults);
  if (mismatches.length === 0) return { type, defaults };
  throw unavailable(
    `${defaultsFunction} of llama.cpp ${library.release} returns another struct: ${mismatches.join('; ')}`,
  );
}

/** Arguments of running calls: native code reads their arrays, so they must not be collected meanwhile. */
const inUse = new Set<readonly unknown[]>();

function promised<Result>(native: ReturnType<LibraryHandle['func']>): NativeAsync<Result> {
  return (...args) =>
    new Promise((resolve, reject) => {
      inUse.add(args);
      native.async(...args, (error: unknown, result: Result) => {
        inUse.delete(args);
        if (error) reject(error);
        else resolve(result);
      });
    });
}

function orUnavailable<T>(what: string, attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    throw unavailable(`${what}: ${messageOf(error)}`, error);
  }
}

function unavailable(what: string, cause?: unknown): GgufError<'unavailable'> {
  return new GgufError('unavailable', what, { what }, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
