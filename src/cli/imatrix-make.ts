import { Command } from 'commander';
import { badOption } from '../errors.js';
import { type MadeImatrix, makeImatrix } from '../quantizer/imatrix/make.js';
import type { ImatrixEvent } from '../quantizer/imatrix/make-events.js';
import { openImatrixTool } from '../quantizer/imatrix/open-tool.js';
import type { LlamaTool } from '../quantizer/process/llama-tool.js';
import { formatAmount, formatSeconds } from '../report/format.js';
import type { ImatrixDocument } from '../report/imatrix-documents.js';
import { imatrixJson } from '../report/imatrix-json.js';
import type { FlagReader } from './flag-reader.js';
import { addSharedFlags, examples, readFlags, type SharedFlags } from './flags.js';
import { noteJournals } from './note-journal.js';
import { type Progress, startProgress } from './progress.js';
import type { Terminal } from './terminal.js';

interface MakeFlags extends SharedFlags {
  readonly out: string;
  readonly force: boolean;
  readonly contextSize: number | undefined;
  readonly chunks: number | undefined;
  readonly processOutput: boolean;
  readonly parseSpecial: boolean;
  readonly llamaImatrix: string | undefined;
}

/** `ggufix imatrix make`: an imatrix of a model, by llama-imatrix. */
export function imatrixMakeCommand(terminal: Terminal): Command {
  const command = new Command('make')
    .summary('make an imatrix with llama-imatrix')
    .description(
      'Runs a model over a text with llama-imatrix of llama.cpp and keeps how large the inputs of its tensors are. The result takes its place only once it is whole and usable.',
    )
    .argument('<model>', 'the model, in full precision where possible')
    .argument('<text>', 'a text like those that the model will meet')
    .requiredOption('-o, --output <file>', 'where the imatrix goes')
    .option('--force', 'replace the output file if it exists')
    .option('--context <n>', 'tokens of a chunk (default: 512)')
    .option('--chunks <n>', 'chunks from the beginning of the text (default: all)')
    .option('--process-output', 'look at the output matrix too')
    .option('--parse-special', 'take <start_of_turn> and the like for tokens: for a text with a chat template applied')
    .option('--llama-imatrix <path>', 'the program (default: $LLAMA_IMATRIX, else the one on PATH)')
    .addHelpText(
      'after',
      examples([
        ['ggufix imatrix make model-BF16.gguf calibration.txt -o imatrix.gguf --chunks 100', 'a part of the text'],
      ]),
    )
    .action(async (model: string, text: string, given: unknown) => {
      await make(terminal, model, text, readFlags(given, readMakeFlags));
    });
  return addSharedFlags(command);
}

/** llama-imatrix counts in 32 bits. */
const MAX_COUNT = 2 ** 31 - 1;

function readMakeFlags(reader: FlagReader): Omit<MakeFlags, keyof SharedFlags> {
  const out = reader.text('output');
  if (out === undefined) throw badOption('give the output with -o');
  return {
    out,
    force: reader.isSet('force'),
    contextSize: reader.integer('context', 1, MAX_COUNT),
    chunks: reader.integer('chunks', 1, MAX_COUNT),
    processOutput: reader.isSet('processOutput'),
    parseSpecial: reader.isSet('parseSpecial'),
    llamaImatrix: reader.text('llamaImatrix'),
  };
}

async function make(terminal: Terminal, model: string, text: string, flags: MakeFlags): Promise<void> {
  const { signal } = terminal;
  const tool = await openImatrixTool(flags.llamaImatrix, signal);
  await noteJournals(terminal, [model]);
  const start = performance.now();
  const made = await withProgress(terminal, flags, `imatrix of ${model}`, (onEvent) =>
    makeImatrix(tool, { ...flags, model, text }, { signal, onEvent }),
  );
  report(terminal, flags, { tool, made, model, text, seconds: (performance.now() - start) / 1000 });
}

async function withProgress<T>(
  terminal: Terminal,
  flags: SharedFlags,
  label: string,
  work: (onEvent: (event: ImatrixEvent) => void) => Promise<T>,
): Promise<T> {
  let progress: Progress | undefined;
  try {
    return await work((event) => {
      if (event.kind === 'chunks')
        progress ??= startProgress(terminal, flags, { label, total: event.total, unit: 'items' });
      else if (event.kind === 'chunk') progress?.update(event.done);
    });
  } finally {
    progress?.end();
  }
}

interface Made {
  readonly tool: LlamaTool;
  readonly made: MadeImatrix;
  readonly model: string;
  readonly text: string;
  readonly seconds: number;
}

function report(terminal: Terminal, flags: MakeFlags, { tool, made, model, text, seconds }: Made): void {
  const { imatrix, chunks, perplexity = null } = made;
  const { program, version = null } = tool;
  if (flags.json) {
    const json = {
      output: flags.out,
      model,
      text,
      program,
      version,
      perplexity,
      seconds: Math.round(seconds * 1000) / 1000,
    };
    const document: ImatrixDocument = {
      schema: 'ggufix.imatrix/1',
      made: { ...json, imatrix: imatrixJson({ imatrix }) },
    };
    terminal.out(`${JSON.stringify(document, null, 2)}\n`);
  } else if (!flags.quiet) {
    const facts = [
      formatAmount(imatrix.entries.size, 'tensor'),
      ...(chunks === undefined ? [] : [formatAmount(chunks, 'chunk')]),
      ...(perplexity === null ? [] : [`perplexity ${perplexity}`]),
    ];
    const by = version === null ? program : `llama-imatrix ${version}`;
    terminal.out(`${flags.out}: ${facts.join(', ')}, in ${formatSeconds(seconds)} by ${by}\n`);
  }
}
