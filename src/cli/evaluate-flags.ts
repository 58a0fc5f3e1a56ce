import { Command } from 'commander';
import { badOption } from '../errors.js';
import { addSharedFlags, examples, readFlags, type SharedFlags } from './flags.js';

/** Formats of `evaluate`. */
export const EVALUATION_FORMATS = ['table', 'json', 'markdown'] as const;

/** Flags of `evaluate`. */
export interface EvaluateFlags extends SharedFlags {
  readonly base: string | undefined;
  readonly text: string | undefined;
  /** Tokens of a chunk. */
  readonly contextSize: number | undefined;
  readonly chunks: number | undefined;
  readonly llamaPerplexity: string | undefined;
  readonly workFolder: string | undefined;
  readonly baseLogits: string | undefined;
  readonly keepBase: string | undefined;
  readonly format: (typeof EVALUATION_FORMATS)[number];
  readonly plot: string | undefined;
}

/** With fewer tokens a batch has more chunks than the 256 that llama.cpp takes; with more no model was trained. */
const MIN_CONTEXT = 8;
const MAX_CONTEXT = 2 ** 20;
const MAX_CHUNKS = 2 ** 31 - 1;

/** The command without its action. */
export function makeEvaluateCommand(): Command {
  const command = new Command('evaluate')
    .summary('measure how far quants are from their base')
    .description(
      'Compares quants with the model that they were made of: KL divergence, perplexity, same top token. Runs llama-perplexity, which must be installed. The base is computed once; its scores take half a megabyte a token where the vocabulary is large.',
    )
    .argument('<quants...>', 'files, folders or globs')
    .option('--base <file>', 'the model that the quants were made of')
    .option('--text <file>', 'a text that was not used for calibration')
    .option('-c, --ctx-size <n>', 'tokens of a chunk (default: 512)')
    .option('--chunks <n>', 'only so many chunks of the text')
    .option('--llama-perplexity <path>', 'the program (default: $LLAMA_PERPLEXITY, then PATH)')
    .option('--work-dir <folder>', "where the base's scores go meanwhile (default: the system's)")
    .option('--keep-base <file>', "keep the base's scores here, or use them if they are there and fit")
    .option('--base-logits <file>', 'use these scores, which llama-perplexity made; needs no --base')
    .option('--format <format>', `${EVALUATION_FORMATS.join(', ')} (default: table)`)
    .option('--plot <file.svg>', 'draw size against divergence')
    .addHelpText(
      'after',
      examples([
        ['ggufix evaluate q4.gguf --base bf16.gguf --text wiki.test.txt --chunks 20', 'a first look'],
        ['ggufix evaluate quants/ --base bf16.gguf --text t.txt --plot kld.svg', 'compare a whole folder'],
        ['ggufix evaluate q4.gguf --base bf16.gguf --text t.txt --keep-base b.kld', 'compute the base once for all'],
      ]),
    );
  return addSharedFlags(command);
}

/** Reads what commander parsed. Throws `bad-option`. */
export function readEvaluateFlags(given: unknown): EvaluateFlags {
  const { format, ...flags } = readFlags(given, (reader) => ({
    base: reader.text('base'),
    text: reader.text('text'),
    contextSize: reader.integer('ctxSize', MIN_CONTEXT, MAX_CONTEXT),
    chunks: reader.integer('chunks', 1, MAX_CHUNKS),
    llamaPerplexity: reader.text('llamaPerplexity'),
    workFolder: reader.text('workDir'),
    keepBase: reader.text('keepBase'),
    baseLogits: reader.text('baseLogits'),
    format: reader.choice('format', EVALUATION_FORMATS),
    plot: reader.text('plot'),
  }));
  if (flags.baseLogits === undefined && (flags.base === undefined || flags.text === undefined)) {
    throw badOption('evaluate needs --base and --text, or --base-logits');
  }
  if (flags.baseLogits !== undefined && flags.keepBase !== undefined) {
    throw badOption('--base-logits is there already; leave --keep-base out');
  }
  if (flags.json && format !== undefined && format !== 'json') throw badOption(`--json is no --format ${format}`);
  return { ...flags, format: flags.json ? 'json' : (format ?? 'table') };
}
