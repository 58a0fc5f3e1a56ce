import type { EvaluationReport, FailedFile, MeasuredFile } from '../../../src/report/evaluation/report.js';
import { evaluationOf } from '../../quantizer/support/evaluate.js';

/** A failed file and three quants, of which Q4_0 is beaten by the Q4_K_M. */
export const FILES: readonly (MeasuredFile | FailedFile)[] = [
  { source: 'q/m-Q8_0.gguf', evaluation: evaluationOf(34_248_224, 0.000347) },
  { source: 'q/m-broken.gguf', error: { code: 'header-unreadable', message: 'not a GGUF file' } },
  { source: 'q/m-Q4_0.gguf', evaluation: evaluationOf(24_000_000, 0.025981) },
  { source: 'q/m-Q4_K_M.gguf', evaluation: evaluationOf(23_722_784, 0.016606) },
];

/** A report of `FILES`. */
export const REPORT: EvaluationReport = {
  engine: 'llama-perplexity 0.7.0 (build 11669)',
  base: { source: 'm-BF16.gguf', size: { bytes: 59_131_360, bitsPerWeight: 16.03, vocabularySize: 1280 } },
  text: 'eval.txt',
  files: FILES,
};

/** What a hostile name may hold. */
export const HOSTILE = 'a<b>&"c\'|`\u001b[31m\u0000\ud800@x.gguf';
