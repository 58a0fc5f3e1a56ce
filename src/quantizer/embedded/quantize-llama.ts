import type { KeyOverride } from '../engine/engine-arguments.js';
import type { LlamaLibrary } from './library.js';
import type { QuantizeArguments } from './quantize-arguments.js';
import {
  type AddressOf,
  type Importance,
  imatrixArray,
  keyOverrideArray,
  type NativeArray,
  tensorOverrideArray,
} from './quantize-structs.js';
import { QUANTIZE_PARAMS } from './structs.js';

/** An importance matrix, ready for llama.cpp. */
export interface LoadedImatrix {
  /** As the command line names it; it becomes `quantize.imatrix.file`. */
  readonly file: string;
  readonly entries: readonly Importance[];
  readonly datasets: readonly string[];
  readonly chunkCount: number;
}

/**
 * Calls `llama_model_quantize` and resolves to what it returns, 0 for success. llama.cpp tells on stderr what it does
 * and what is wrong. Throws `unavailable` where the library's struct is another one.
 */
export async function quantizeWith(
  library: LlamaLibrary,
  args: QuantizeArguments,
  imatrix: LoadedImatrix | undefined,
): Promise<number> {
  const { type, defaults } = library.struct(QUANTIZE_PARAMS);
  const addressOf: AddressOf = (memory) => library.koffi.address(memory);
  const keys = keyOverrides(args, imatrix);
  const arrays = {
    imatrix: imatrix === undefined ? undefined : imatrixArray(imatrix.entries, addressOf),
    kv_overrides: keys.length === 0 ? undefined : keyOverrideArray(keys),
    tt_overrides: args.tensorTypes.length === 0 ? undefined : tensorOverrideArray(args.tensorTypes, addressOf),
  };
  library.sync<void>('llama', 'llama_backend_init', 'void', [])();
  const quantize = library.async<number>('llama', 'llama_model_quantize', 'uint32_t', [
    'const char *',
    'const char *',
    library.koffi.pointer(type),
  ]);
  const params = { ...defaults, ...paramsOf(args), ...pointers(arrays) };
  const status = await quantize(args.input, outputOf(args), params);
  keepAlive(arrays);
  return status;
}

/** As the command line does it: the names of shards are made from the name without its ending. */
function outputOf({ output, keepSplit }: QuantizeArguments): string {
  return keepSplit ? output.replace(/\.gguf$/, '') : output;
}

function paramsOf(args: QuantizeArguments): Readonly<Record<string, unknown>> {
  return {
    nthread: args.threads,
    ftype: args.fileType.id,
    allow_requantize: args.allowRequantize,
    keep_split: args.keepSplit,
    dry_run: args.dryRun,
    ...(args.maxBufferMiB === undefined ? {} : { max_buf_size: args.maxBufferMiB * 2 ** 20 }),
  };
}

/** llama-quantize says in the file what the importance matrix was, after the keys that the user gives. */
function keyOverrides({ keys }: QuantizeArguments, imatrix: LoadedImatrix | undefined): readonly KeyOverride[] {
  if (imatrix === undefined) return keys;
  const { file, entries, datasets, chunkCount } = imatrix;
  const text = (key: string, value: string): KeyOverride => ({ key, type: 'str', value });
  const count = (key: string, value: number): KeyOverride => ({ key, type: 'int', value: String(value) });
  return [
    ...keys,
    text('quantize.imatrix.file', file),
    ...datasets.slice(0, 1).map((dataset) => text('quantize.imatrix.dataset', dataset)),
    count('quantize.imatrix.entries_count', entries.length),
    ...(chunkCount > 0 ? [count('quantize.imatrix.chunks_count', chunkCount)] : []),
  ];
}

type Arrays = Readonly<Record<string, NativeArray | undefined>>;

function pointers(arrays: Arrays): Readonly<Record<string, Uint8Array | null>> {
  return Object.fromEntries(Object.entries(arrays).map(([member, array]) => [member, array?.memory ?? null]));
}

/** What nothing mentions any more could be collected while C reads it; called after C is done, this is a mention. */
function keepAlive(_arrays: Arrays): void {}
