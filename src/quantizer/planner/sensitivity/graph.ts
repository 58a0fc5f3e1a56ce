import { GgufError } from '../../../errors.js';
import type { LlamaLibrary, Pointer } from '../../embedded/library.js';
import { type Disturbance, disturb, type GraphMemory } from './disturb.js';
import { parseTensor, TENSOR_STRUCT_BYTES } from './ggml-tensor.js';
import { rowLengths } from './row-lengths.js';

/** What happens while llama.cpp computes a graph. */
export interface GraphWatch {
  /** Address of a function for `cb_eval` of a context. */
  readonly callback: Pointer;
  /** Tensors of the model that took part so far, in the order of the work. */
  readonly seen: ReadonlySet<string>;
  /** From now on these are disturbed; nothing is where `how` is absent. */
  disturb(tensors: ReadonlySet<string>, how: Disturbance | undefined): void;
}

/** `sizeof(struct ggml_object)`, which `ggml_tensor_overhead` adds to that of a tensor. */
const OBJECT_BYTES = 32;
const SOURCE_AT = 152n;

/**
 * Watches the graphs of a context. llama.cpp calls back for each node twice: before, to ask whether it matters, and after it
 * was computed, when its memory can be changed. Throws `unavailable` where ggml's tensor is not the struct known here.
 */
export function watchGraph(library: LlamaLibrary): GraphWatch {
  const { koffi } = library;
  requireStruct(library);
  const operations = operationIds(library);
  const memory = graphMemory(library);
  const nameOf = library.sync<string>('base', 'ggml_get_name', 'const char *', ['void *']);
  const seen = new Set<string>();
  let active: ReadonlySet<string> = new Set();
  let noise: Disturbance | undefined;

  const usedBy = (node: Pointer): string | undefined => {
    const source = BigInt(koffi.decode(node + SOURCE_AT, 'uint64_t') as number | bigint);
    const name = source === 0n ? '' : nameOf(source);
    return name.endsWith('.weight') ? name : undefined;
  };
  const onNode = (node: Pointer, isQuestion: boolean): boolean => {
    const name = usedBy(node);
    if (!isQuestion) {
      if (noise !== undefined) {
        const result = memory.tensor(node);
        disturb(result, result.operationId === operations.lookUp, memory, noise);
      }
      return true;
    }
    if (name === undefined || !operations.all.has(koffi.decode(node + OPERATION_AT, 'int32_t') as number)) return false;
    seen.add(name);
    return noise !== undefined && active.has(name);
  };
  const type = koffi.pointer(koffi.proto('bool', ['void *', 'bool', 'void *']));
  return {
    callback: koffi.register(onNode, type),
    seen,
    disturb(tensors, how) {
      active = tensors;
      noise = how;
    },
  };
}

const OPERATION_AT = 80n;

function requireStruct(library: LlamaLibrary): void {
  const found = Number(library.sync<number | bigint>('base', 'ggml_tensor_overhead', 'size_t', [])());
  const expected = TENSOR_STRUCT_BYTES + OBJECT_BYTES;
  if (found === expected) return;
  const what = `a tensor of llama.cpp ${library.release} takes ${found} bytes, expected ${expected}`;
  throw new GgufError('unavailable', what, { what });
}

/** Numbers of the operations that use a model's weights: they change from release to release, their names do not. */
function operationIds(library: LlamaLibrary): { readonly all: ReadonlySet<number>; readonly lookUp: number } {
  const nameOf = library.sync<string | null>('base', 'ggml_op_name', 'const char *', ['int']);
  const names = Array.from({ length: KNOWN_OPERATIONS }, (_, id) => nameOf(id));
  const lookUp = names.indexOf('GET_ROWS');
  const products = [names.indexOf('MUL_MAT'), names.indexOf('MUL_MAT_ID')];
  if (lookUp < 0 || products.includes(-1)) {
    const what = `llama.cpp ${library.release} has no operation GET_ROWS, MUL_MAT or MUL_MAT_ID`;
    throw new GgufError('unavailable', what, { what });
  }
  return { all: new Set([lookUp, ...products]), lookUp };
}

/** The three are among the first; asking for a number past the last is undefined in C. */
const KNOWN_OPERATIONS = 64;

function graphMemory({ koffi }: LlamaLibrary): GraphMemory {
  const known = new Map<string, Float32Array | undefined>();
  const bytes = (address: bigint, length: number): ArrayBuffer => koffi.view(address, length);
  return {
    bytes,
    tensor: (address) => parseTensor(koffi.view(address, TENSOR_STRUCT_BYTES)),
    rowLengths(weights) {
      if (!known.has(weights.name)) {
        const { typeId, shape, data } = weights;
        const [columns = 1, ...others] = shape;
        const rows = others.reduce((product, size) => product * size, 1);
        const read = (length: number): Uint8Array => new Uint8Array(bytes(data, length));
        known.set(weights.name, rowLengths({ typeId, columns, rows }, read));
      }
      return known.get(weights.name);
    },
  };
}
