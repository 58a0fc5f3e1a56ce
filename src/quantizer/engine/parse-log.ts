import { parseTensorType, type TensorTypeName } from '../../gguf/tensor-types.js';

/** What llama-quantize says that somebody wants to know. */
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
    };

/** A line that grows beyond this is none of llama-quantize's. */
const MAX_LINE = 4096;

/**
 * Reads llama-quantize's stderr as it comes, in pieces, and tells what it says. A tensor is told as soon as its
 * conversion is announced, which is before its line ends. Reads the lines of llama.cpp from 2024 to 0.7.0.
 */
export function engineLog(onEvent: (event: EngineEvent) => void): { add(text: string): void } {
  let open = '';
  let isTold = false;
  /** The beginning of a tensor's line, where a warning about the importance matrix breaks it in two. */
  let broken = '';
  const look = (line: string): void => {
    if (isTold || line.length > MAX_LINE) return;
    const event = eventOf(line.startsWith('converting to ') ? broken + line : line);
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
        if (line.startsWith('[') && line.length <= MAX_LINE) broken = line;
      }
      if (open.includes(' .. ')) look(open);
      // Its end may be gigabytes away; what is kept is too long to be told.
      if (open.length > MAX_LINE) open = open.slice(0, MAX_LINE + 1);
    },
  };
}

function eventOf(line: string): EngineEvent | undefined {
  if (line.startsWith('[')) return tensorOf(line);
  const version = /^(?:version: (.+)|main: build = (.+))$/.exec(line.trimEnd());
  return version === null ? undefined : { kind: 'version', version: version[1] ?? `build ${version[2]}` };
}

/** `[ 1/ 147] output.weight - [ 256, 512, 1, 1], type = f16, ` and what follows; some versions put the name to the right. */
const TENSOR = /^\[ *(\d+)\/ *(\d+)\] +(\S.*?) +- +\[[\d, ]*\], +type = *(\w+), *(.*)$/;

function tensorOf(line: string): EngineEvent | undefined {
  const [, index, count, name, old, rest] = TENSOR.exec(line) ?? [];
  if (name === undefined || old === undefined || rest === undefined) return undefined;
  const type = parseTensorType(newType(rest) ?? (rest.startsWith('size = ') ? old : ''));
  return type === undefined ? undefined : { kind: 'tensor', index: Number(index), count: Number(count), name, type };
}

/** `converting to q4_K .. `, or of a dry run `size = 1.00 MiB -> 0.28 MiB (q4_K)`; nothing where the type stays. */
function newType(rest: string): string | undefined {
  const [, converted, dry] = /^converting to (\w+) \.\.|\((\w+)\)\s*$/.exec(rest) ?? [];
  return converted ?? dry;
}
