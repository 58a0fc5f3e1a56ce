import path from 'node:path';
import type { Command } from 'commander';
import { writeText } from '../../edit/write-text.js';
import { printable } from '../../gguf/printable.js';
import { openBaseLogits } from '../../quantizer/evaluate/base-logits.js';
import type { ChunkProgress } from '../../quantizer/evaluate/base-progress.js';
import { compareQuant, type QuantEvaluation } from '../../quantizer/evaluate/evaluate-quant.js';
import { matchVocabulary } from '../../quantizer/evaluate/match-logits.js';
import { readModelSize } from '../../quantizer/evaluate/model-size.js';
import { openPerplexity } from '../../quantizer/evaluate/perplexity.js';
import type { LlamaTool } from '../../quantizer/process/llama-tool.js';
import { evaluateDocument } from '../../report/evaluation/json.js';
import { renderEvaluationMarkdown } from '../../report/evaluation/markdown.js';
import { renderPlot } from '../../report/evaluation/plot.js';
import {
  type EvaluationReport,
  type FailedFile,
  type MeasuredFile,
  measuredFiles,
} from '../../report/evaluation/report.js';
import { renderEvaluation } from '../../report/evaluation/text.js';
import type { Page } from '../../report/styles.js';
import { openFile } from '../../sources/file.js';
import { shardPaths } from '../../sources/shard-name.js';
import { wholeModels } from '../../sources/whole-models.js';
import { chunkProgress } from '../chunk-progress.js';
import { eachSource } from '../each-source.js';
import { type EvaluateFlags, makeEvaluateCommand, readEvaluateFlags } from '../evaluate-flags.js';
import { noteJournals } from '../note-journal.js';
import { refuseInputs } from '../refuse-inputs.js';
import { requireTextPlace } from '../require-text-place.js';
import type { Terminal } from '../terminal.js';

/** `ggufix evaluate`: how far quants are from their base. */
export function evaluateCommand(terminal: Terminal): Command {
  return makeEvaluateCommand().action(async (quants: string[], given: unknown) => {
    await evaluate(terminal, quants, readEvaluateFlags(given));
  });
}

async function evaluate(terminal: Terminal, quants: readonly string[], flags: EvaluateFlags): Promise<void> {
  const { base, text, llamaPerplexity } = flags;
  if (text !== undefined) await (await openFile(text))[Symbol.asyncDispose]();
  const models = await wholeModels(quants, base === undefined ? [] : [base]);
  const inputs = inputsOf(models, flags);
  if (flags.plot !== undefined) await requireTextPlace(flags.plot, inputs);
  const perplexity = await openPerplexity(llamaPerplexity, terminal.signal);
  await noteJournals(terminal, base === undefined ? models : [base, ...models]);
  const size = base === undefined ? undefined : await readModelSize(base, terminal.signal);
  const files = new Map<string, MeasuredFile | FailedFile>();
  try {
    await refuseUnfit(terminal, models, flags, size?.vocabularySize, files);
    const fit = models.filter((model) => !files.has(model));
    if (fit.length > 0) await measureAll(terminal, perplexity, fit, flags, files);
  } finally {
    // Also where the run was interrupted: each quant took minutes.
    await publish(terminal, flags, inputs, {
      engine: `llama-perplexity ${perplexity.version ?? '(version unknown)'}`,
      base: base === undefined || size === undefined ? undefined : { source: base, size },
      text,
      files: models.flatMap((model) => files.get(model) ?? []),
    });
  }
}

/** All files that the figures come from, also the scores that are yet to be computed. */
function inputsOf(models: readonly string[], { base, text, baseLogits, keepBase }: EvaluateFlags): string[] {
  const files = [base, ...models].flatMap((model) => (model === undefined ? [] : shardPaths(model)));
  return [...files, ...[text, baseLogits, keepBase].filter((file) => file !== undefined)];
}

/** Tells of quants that cannot be compared before the base is computed, which may take hours. */
async function refuseUnfit(
  terminal: Terminal,
  models: readonly string[],
  flags: EvaluateFlags,
  vocabularySize: number | undefined,
  files: Map<string, MeasuredFile | FailedFile>,
): Promise<void> {
  const look = async (model: string): Promise<void> => {
    const size = await readModelSize(model, terminal.signal);
    if (vocabularySize !== undefined) matchVocabulary(model, size, { vocabularySize });
  };
  for await (const { source, ...outcome } of eachSource(terminal, models, flags, look)) {
    if (!outcome.ok) files.set(source, { source, error: outcome.error });
  }
}

async function measureAll(
  terminal: Terminal,
  perplexity: LlamaTool,
  models: readonly string[],
  flags: EvaluateFlags,
  files: Map<string, MeasuredFile | FailedFile>,
): Promise<void> {
  const { signal } = terminal;
  await using logits = await withProgress(terminal, flags, `scores of ${flags.base}`, (onProgress) =>
    openBaseLogits(perplexity, { ...flags, signal, onProgress }),
  );
  if (logits.isReused) note(terminal, flags, `using the scores in ${logits.file}`);
  const compare = (model: string): Promise<QuantEvaluation> =>
    withProgress(terminal, flags, `compare ${model}`, (onProgress) =>
      compareQuant(perplexity, model, logits, { threads: flags.threads, signal, onProgress }),
    );
  for await (const { source, ...outcome } of eachSource(terminal, models, flags, compare)) {
    files.set(source, outcome.ok ? { source, evaluation: outcome.value } : { source, error: outcome.error });
  }
}

async function withProgress<T>(
  terminal: Terminal,
  flags: EvaluateFlags,
  label: string,
  work: (onProgress: (progress: ChunkProgress) => void) => Promise<T>,
): Promise<T> {
  const progress = chunkProgress(terminal, flags, printable(label));
  try {
    return await work(progress.update);
  } finally {
    progress.end();
  }
}

function note(terminal: Terminal, { quiet }: EvaluateFlags, text: string): void {
  if (!quiet) terminal.err(`ggufix: note: ${printable(text)}\n`);
}

async function publish(
  terminal: Terminal,
  flags: EvaluateFlags,
  inputs: readonly string[],
  report: EvaluationReport,
): Promise<void> {
  terminal.out(rendered(report, flags, terminal.stdout));
  const measured = measuredFiles(report);
  if (flags.plot === undefined || measured.length === 0) return;
  // Once more: the scores are there now, and may have a name that the plot is a link to.
  await refuseInputs(flags.plot, inputs);
  await writeText(flags.plot, renderPlot(measured, flags.base === undefined ? undefined : path.basename(flags.base)));
}

function rendered(report: EvaluationReport, flags: EvaluateFlags, page: Page): string {
  switch (flags.format) {
    case 'json':
      return `${JSON.stringify(evaluateDocument(report), null, 2)}\n`;
    case 'markdown':
      return renderEvaluationMarkdown(report);
    case 'table':
      return renderEvaluation(report, flags, page);
  }
}
