import { parseTensorType, type TensorTypeName } from '../../gguf/tensor-types.js';

/** What llama-quantize says that somebody wants to know, one line each. */
export type EngineEvent =
  | { readonly kind: 'version'; readonly version: string }
  /** Work on a tensor begins; under a dry run, its type is decided. `type` is what it becomes. */
  | {
      readonly kind: 'tensor';
      /** From 1 to `count`. */
      readonly index: number;
      readonly count: number;
      readonly name: string;
      readonly type: TensorTypeName;
    }
  /** A row is no whole number of blocks, so another type is taken. */
  | { readonly kind: 'fallback'; readonly name: string; readonly from: string; readonly to: string }
  /** The importance matrix has nothing for a tensor. */
  | { readonly kind: 'no-importance'; readonly name: string };

/** A line that grows beyond this is none of llama-quantize's. */
const MAX_OPEN = 4096;

/**
 * Reads llama-quantize's stderr as it comes, in pieces, and tells what it says. A tensor is told as soon as its
 * conversion is announced, which is before its line ends. Reads the lines of llama.cpp from 2024 to 0.7.0.
 */
export function engineLog(onEvent: (event: EngineEvent) => void): { add(text: string): void } {
  let open = '';
  let isTold = false;
  const look = (line: string): void => {
    const event = isTold ? undefined : eventOf(line);
    if (event === undefined) return;
    isTold = true;
    onEvent(event);
  };
  return {
    add(text) {
      const lines = (open + text).split('\n');
      open = lines.pop() ?? '';
      for (const line of lines) {
        look(line);
        isTold = false;
      }
      if (open.includes(' .. ')) look(open);
      if (open.length > MAX_OPEN) open = '';
    },
  };
}

const TENSOR = /^\[ *(\d+)\/ *(\d+)\] +(.+?) +- +\[[^\]]*\], +type = *(\w+), +(.*)$/;
const FALLBACK =
  /^(?:llama_tensor_get_type : |warning: )(\S+).*?\(required for type +(\w+)\) -+> falling back to +(\w+)/;
const NO_IMPORTANCE = /did not find weights for (\S+)/;
const VERSION = /^(?:version: (.+)|main: build = (.+))$/;

function eventOf(line: string): EngineEvent | undefined {
  if (line.startsWith('[')) return tensorOf(line);
  const missing = NO_IMPORTANCE.exec(line);
  if (missing !== null) return { kind: 'no-importance', name: missing[1]! };
  const fallback = FALLBACK.exec(line);
  if (fallback !== null) return { kind: 'fallback', name: fallback[1]!, from: fallback[2]!, to: fallback[3]! };
  const version = VERSION.exec(line);
  return version === null ? undefined : { kind: 'version', version: version[1] ?? `build ${version[2]}` };
}

/** The rest of a tensor's line names its new type (`converting to q4_K ..`, dry: `-> 0.07 MiB (q4_K)`) or none. */
function tensorOf(line: string): EngineEvent | undefined {
  const match = TENSOR.exec(line);
  if (match === null) return undefined;
  const [, index, count, name, old, rest] = match;
  const changed = /converting to (\w+) *\.\.|\((\w+)\) *$/.exec(rest!);
  const type = parseTensorType(changed?.[1] ?? changed?.[2] ?? old!);
  if (type === undefined) return undefined;
  return { kind: 'tensor', index: Number(index), count: Number(count), name: name!, type };
}
