import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { tempFolder } from '../../support/temp.js';

/** The help of a llama-quantize that knows all that ggufix asks for. */
export const HELP = `usage: llama-quantize [--help] [--allow-requantize] [--leave-output-tensor] [--pure] [--imatrix] [--include-weights]
       [--exclude-weights] [--output-tensor-type] [--token-embedding-type] [--tensor-type] [--tensor-type-file]
       [--prune-layers] [--keep-split] [--override-kv] [--dry-run] [--max-buffer-size]
       model-f32.gguf [model-quant.gguf] type [nthreads]`;

/**
 * A program that answers `--help` as llama-quantize does, and else runs a shell script: for what the real one does now and
 * then and on nobody's command. The script's arguments are llama-quantize's; `$out` is the output. Not for Windows.
 */
export function fakeEngine(script: string, help = HELP): string {
  const program = path.join(tempFolder(), 'llama-quantize');
  const lines = [
    '#!/bin/sh',
    `if [ "$1" = --help ]; then cat <<'END'\n${help}\nEND\nexit 1; fi`,
    // The output is the last argument but two.
    'for argument; do out=$third; third=$second; second=$argument; done',
    script,
  ];
  writeFileSync(program, `${lines.join('\n')}\n`);
  chmodSync(program, 0o755);
  return program;
}
