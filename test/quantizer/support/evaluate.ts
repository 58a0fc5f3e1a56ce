import { Buffer } from 'node:buffer';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { QuantEvaluation } from '../../../src/quantizer/evaluate/evaluate-quant.js';
import { type LogitsShape, logitsBytes } from '../../../src/quantizer/evaluate/logits-size.js';
import { tempFolder } from '../../support/temp.js';

/** What llama-perplexity 0.7.0 printed on stdout for the Q4_K_M of data/model over two chunks of eval.txt. */
export const TWO_CHUNKS = readFileSync(new URL('two-chunks.txt', import.meta.url), 'utf8');

/** Scores of zeros, as llama-perplexity lays them out. */
export function zeroLogits(shape: LogitsShape): Buffer {
  const bytes = Buffer.alloc(logitsBytes(shape));
  bytes.write('_logits_', 'latin1');
  bytes.writeUInt32LE(shape.contextSize, 8);
  bytes.writeInt32LE(shape.vocabularySize, 12);
  bytes.writeInt32LE(shape.chunks, 16);
  return bytes;
}

/** How a scripted program ends, and what it prints before. */
export interface ScriptedRun {
  readonly out?: string;
  readonly err?: string;
  readonly exitCode?: number;
  /** Written to the file that the last argument names. */
  readonly logits?: Uint8Array;
  /** Seconds that it then takes. */
  readonly sleeps?: number;
}

/**
 * A program that does at each call after `--version` what comes next, the last for ever: for what the real one does now
 * and then and on nobody's command. It is a shell script, so not for Windows.
 */
export function scriptedProgram(runs: readonly ScriptedRun[]): { readonly program: string; calls(): string[] } {
  const folder = tempFolder();
  runs.forEach(({ out = '', err = '', exitCode = 0, logits, sleeps = 0 }, i) => {
    writeFileSync(path.join(folder, `${i + 1}.out`), out);
    writeFileSync(path.join(folder, `${i + 1}.err`), err);
    writeFileSync(path.join(folder, `${i + 1}.exit`), `${exitCode}`);
    writeFileSync(path.join(folder, `${i + 1}.sleep`), `${sleeps}`);
    if (logits !== undefined) writeFileSync(path.join(folder, `${i + 1}.kld`), logits);
  });
  const program = path.join(folder, 'llama-perplexity');
  const log = path.join(folder, 'calls');
  writeFileSync(log, '');
  writeFileSync(
    program,
    `#!/bin/sh
cd '${folder}'
[ "$1" = --version ] && echo 'version: 9.9 (scripted)' && exit 0
echo "$*" >>calls
n=$(wc -l <calls)
[ -e $n.out ] || n=${runs.length}
cat $n.out
cat $n.err >&2
for last; do :; done
[ -e $n.kld ] && cp $n.kld "$last"
sleep $(cat $n.sleep)
exit $(cat $n.exit)
`,
  );
  chmodSync(program, 0o755);
  return { program, calls: () => readFileSync(log, 'utf8').trimEnd().split('\n') };
}

/** A measured quant whose figures all follow from its mean divergence. */
export function evaluationOf(bytes: number, meanKld: number, change: Partial<QuantEvaluation> = {}): QuantEvaluation {
  return {
    size: { bytes, bitsPerWeight: 4.5, vocabularySize: 1280 },
    meanKld: { value: meanKld, error: meanKld / 200 },
    medianKld: meanKld / 2,
    kld999: meanKld * 13,
    sameTop: { value: 91.7, error: 0.11 },
    rmsDeltaP: { value: 3.04, error: 0.03 },
    perplexity: { value: 13.347, error: 0.134 },
    basePerplexity: { value: 13.194, error: 0.132 },
    perplexityRatio: { value: 1.01166, error: 0.0005 },
    contextSize: 512,
    chunks: 234,
    tokens: 59_670,
    ...change,
  };
}
