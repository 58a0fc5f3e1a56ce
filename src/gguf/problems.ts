/** Who refuses a file with a problem: ggml's header reader, llama.cpp's model loader, or nobody. */
export type RejectedBy = 'header' | 'loader' | 'nobody';

/** What each problem code carries. Sizes that may pass 2^53 are decimal strings. */
export interface ProblemData {
  /** The file does not begin with `GGUF`. `looksLike` names what it is instead, where that can be told. */
  magic: { readonly found: string; readonly looksLike?: string };
  /** The file ends inside the header. */
  'header-truncated': { readonly what: string; readonly need: number; readonly have: number };
  /** A version that no current reader accepts. */
  version: { readonly version: number };
  /** All numbers are byte-swapped. `version` is the swapped one. */
  'big-endian': { readonly version: number };
  /** More tensors than ggml accepts, or a negative count. */
  'tensor-count': { readonly count: string };
  /** More keys than ggml accepts, or a negative count. */
  'key-count': { readonly count: string };
  /** A string or array longer than ggml accepts. */
  'length-limit': { readonly what: string; readonly length: string; readonly limit: number };
  /** The header has more of something (`what`: bytes, keys, tensors, faults) than ggufix is willing to hold in memory. */
  'header-too-large': { readonly what: string; readonly need: number; readonly limit: number };
  'key-empty': { readonly index: number };
  'key-duplicate': { readonly key: string; readonly firstOffset: number };
  /** A value type id that GGUF does not define. */
  'value-type': { readonly key: string; readonly typeId: number };
  /** An array element type id that GGUF does not define. */
  'element-type': { readonly key: string; readonly typeId: number };
  'nested-array': { readonly key: string };
  'alignment-type': { readonly type: string };
  'alignment-value': { readonly value: number };
  'tensor-name-length': { readonly name: string; readonly length: number };
  'tensor-name-duplicate': { readonly name: string };
  'dimension-count': { readonly name: string; readonly count: number };
  'dimension-negative': { readonly name: string; readonly index: number; readonly value: string };
  /** The product of the dimensions passes 2^63 - 1. */
  'element-count': { readonly name: string; readonly dims: readonly string[] };
  /** A tensor type id that ggml never had, or gave up (`removed` names it). */
  'tensor-type': {
    readonly name: string;
    readonly typeId: number;
    readonly removed?: string;
    readonly instead?: string;
  };
  'row-size': { readonly name: string; readonly type: string; readonly row: string; readonly block: number };
  /** The tensor's bytes, or the sum of all, pass 2^64 - 1. */
  'tensor-bytes': { readonly name: string; readonly bytes: string };
  /** The padded data section would start past the end of the file. */
  'data-start': { readonly dataOffset: string; readonly fileSize: number };
  /** The tensor does not start where the one before it ends. */
  'tensor-offset': {
    readonly name: string;
    readonly found: string;
    readonly expected: string;
    readonly kind: 'gap' | 'overlap';
  };
  /** The tensor's bytes go past the end of the file. */
  'data-truncated': { readonly name: string; readonly missing: string; readonly fileSize: number };
  /** The padding after the last tensor is missing or cut. */
  'final-padding': { readonly missing: number };
}

/** Code of a problem. */
export type ProblemCode = keyof ProblemData;

/** Where in the file a problem stands. */
export interface Place {
  readonly kind: 'file' | 'metadata' | 'tensor';
  /** Key or tensor name; absent for `file`. */
  readonly name?: string;
  /** Byte offset in the file, and length in bytes. */
  readonly offset: number;
  readonly length: number;
}

/** One thing that is wrong with a file's container. `fatal` problems end the parse. */
export interface Problem<C extends ProblemCode = ProblemCode> {
  readonly code: C;
  readonly data: ProblemData[C];
  readonly place: Place;
  readonly fatal: boolean;
}

/** Who rejects a file with this problem, measured on llama.cpp 0.7.0 (ggml 0.27). */
export const REJECTED_BY: Readonly<Record<ProblemCode, RejectedBy>> = {
  magic: 'header',
  'header-truncated': 'header',
  version: 'header',
  'big-endian': 'header',
  'tensor-count': 'header',
  'key-count': 'header',
  'length-limit': 'header',
  // ggml would read it; refusing is our own limit.
  'header-too-large': 'nobody',
  'key-empty': 'header',
  'key-duplicate': 'header',
  'value-type': 'header',
  'element-type': 'header',
  'nested-array': 'header',
  'alignment-type': 'header',
  'alignment-value': 'header',
  'tensor-name-length': 'header',
  'tensor-name-duplicate': 'header',
  'dimension-count': 'header',
  'dimension-negative': 'header',
  'element-count': 'header',
  'tensor-type': 'header',
  'row-size': 'header',
  'tensor-bytes': 'header',
  'data-start': 'header',
  'tensor-offset': 'header',
  'data-truncated': 'loader',
  // ggml's own data mode rejects it, but llama.cpp's loader never uses that mode.
  'final-padding': 'nobody',
};

/** Narrows a problem to one code. */
export function isProblem<C extends ProblemCode>(problem: Problem, code: C): problem is Problem<C> {
  return problem.code === code;
}
