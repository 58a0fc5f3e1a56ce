import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { refuseJournal } from '../../edit/find-journal.js';
import { lazyPool } from '../../evidence/lazy-pool.js';
import { type Engine, engineLabel, engineNote } from '../../quantizer/engine/engine.js';
import { findEngine } from '../../quantizer/engine/find-engine.js';
import type { Quantization } from '../../quantizer/quantize/decide.js';
import { type Model, openModel } from '../../quantizer/quantize/open-model.js';
import { requireNewOutputs } from '../../quantizer/quantize/output-files.js';
import { recipeHash } from '../../quantizer/quantize/provenance.js';
import { quantizeModel } from '../../quantizer/quantize/quantize-model.js';
import { refuseBroken } from '../../quantizer/quantize/refuse-source.js';
import { type QuantizeReport, renderQuantize } from '../../report/quantize.js';
import { failedQuantizeDocument, quantizeDocument } from '../../report/quantize-json.js';
import type { QuantizeDocument } from '../../report/quantize-schema.js';
import { openFile } from '../../sources/file.js';
import { failureJson } from '../errors.js';
import { EXIT } from '../exit.js';
import { addSharedFlags, append, examples } from '../flags.js';
import { startProgress } from '../progress.js';
import { type QuantizeFlags, readQuantizeFlags } from '../quantize-flags.js';
import { decide, inputsOf, outputPlan } from '../quantize-plan.js';
import { takenNotes } from '../taken-notes.js';
import type { Terminal } from '../terminal.js';

/** `ggufix quantize`: makes a quant of a model with llama-quantize, or with nothing installed. */
export function quantizeCommand(terminal: Terminal): Command {
  const command = new Command('quantize')
    .summary('make a quant of a model, by a recipe or to a size')
    .description(
      'Makes a quant with llama-quantize, or where none is installed with the llama.cpp of an npm package: same bytes. Every tensor gets the type that the recipe says; the result is verified before it takes its name.',
    )
    .argument('<in>', 'the model, F32, F16 or BF16; of a split one any shard')
    .argument('<out>', 'the file to write')
    .option('--type <type>', 'a file type of llama-quantize, with its own mixture: Q4_K_M, IQ4_XS')
    .option('--recipe <recipe>', 'a preset such as UD-Q4_K_XL, or a recipe file (ggufix recipe list shows all)')
    .option('--like <source>', 'the types of this GGUF file, fitted to the model')
    .option('--target-size <size>', 'the types that keep most of the model in a file of at most this size: 4.2GiB')
    .option('--target-bpw <bits>', 'the same, in bits per weight')
    .option(
      '--tensor <pattern=type>',
      'tensors (a name, * and ? allowed) and their type, whatever the recipe says (repeatable)',
      append,
    )
    .option('--imatrix <file>', 'importance matrix, GGUF or .dat')
    .option('--engine <engine>', 'auto (default), embedded, or the path of a llama-quantize')
    .option('--llama-quantize <path>', 'the same as --engine <path>')
    .option('-n, --dry-run', 'show types and exact size and write nothing')
    .option('--force', 'replace the output if it exists')
    .option('--allow-requantize', 'take a model that is quantized already')
    .option('--keep-split', 'write as many shards as the model has')
    .option('--as-is', 'keep the mixture of --type also where an engine is known to fail on it')
    .option('--no-sidecar', 'do not write the recipe beside the output')
    .option('--max-buffer-size <mib>', 'memory for the rows of one tensor, in MiB')
    .option('--evaluate', 'measure the KL divergence from the model afterwards (needs llama-perplexity)')
    .option('--text <file>', 'text for --evaluate')
    .option('--chunks <number>', 'chunks of the text, from its beginning (default: all)')
    .option('--sensitivity <mode>', 'how a plan knows what matters: auto (default), expected, measured')
    .option('--sensitivity-file <file>', 'what else is known of it, see docs/dynamic.md')
    .option('--sensitivity-text <file>', 'text to measure on; without it the model makes up its own')
    .option('--seed <number>', 'seed of samples and noise (default: 1)')
    .option('--cache <folder>', 'keep measurements here (default: ~/.cache/ggufix)')
    .addHelpText(
      'after',
      examples([
        ['ggufix quantize model-BF16.gguf model-Q4_K_M.gguf --type Q4_K_M', "llama-quantize's own mixture"],
        ['ggufix quantize bf16.gguf out.gguf --recipe UD-Q2_K_XL --imatrix im.gguf', 'a preset'],
        ['ggufix quantize model-BF16.gguf out.gguf --like other-UD-Q3_K_XL.gguf', 'the types of another file'],
        ['ggufix quantize bf16.gguf out.gguf --target-size 4.2GiB --imatrix im.gguf', 'measured and planned'],
        ['ggufix quantize model-BF16.gguf out.gguf --type Q6_K --dry-run', 'the exact size, from the header alone'],
      ]),
    )
    .action(async (source: string, out: string, given: unknown) => {
      await reporting(terminal, source, out, readQuantizeFlags(given));
    });
  return addSharedFlags(command);
}

/** Prints one document with `--json`, also where nothing was made. */
async function reporting(terminal: Terminal, source: string, out: string, flags: QuantizeFlags): Promise<void> {
  let isPrinted = false;
  const print = (report: QuantizeReport): void => {
    isPrinted = true;
    if (flags.json) printJson(terminal, quantizeDocument(report));
    else if (!flags.quiet) terminal.out(renderQuantize(report, terminal.stdout));
  };
  try {
    await quantize(terminal, { source, out, flags, print });
  } catch (error) {
    if (flags.json && !isPrinted) printJson(terminal, failedQuantizeDocument(source, failureJson(error)));
    throw error;
  }
}

/** A quantization that was asked for. */
interface Order {
  readonly source: string;
  readonly out: string;
  readonly flags: QuantizeFlags;
  readonly print: (report: QuantizeReport) => void;
}

async function quantize(terminal: Terminal, { source, out, flags, print }: Order): Promise<void> {
  await using model = await openModel(source, terminal.signal);
  await requireText(flags.text);
  const engine = await findEngine({ ...flags.engine, env: process.env, signal: terminal.signal });
  const evaluating = flags.evaluate && !flags.dryRun ? await import('../evaluate-result.js') : undefined;
  const perplexity = await evaluating?.requirePerplexity(terminal);
  // A plan for a size may take an hour: what stands in the way of its result is said before, also of one that is only planned.
  await refuseUnfinished(model, flags);
  const outputs = outputPlan(model, out, flags);
  const files = await requireNewOutputs({ ...outputs, force: flags.force || flags.dryRun });
  await requireConfig(out);
  const plan = await decide(terminal, model, flags);
  const planned = plannedReport({ source, out, engine, model, plan });
  if (flags.dryRun) {
    print({ ...planned, notes: [...planned.notes, ...takenNotes(files, flags)] });
    return;
  }
  await using pool = lazyPool(flags);
  let checking: Promise<typeof import('../check-result.js')> | undefined;
  const made = await quantizeModel(
    {
      model,
      out,
      recipe: plan.recipe,
      preparation: plan.preparation,
      imatrix: plan.imatrix?.path,
      plan: plan.planned?.recipe.plan,
      inputs: inputsOf(flags),
      allowRequantize: flags.allowRequantize,
      sidecar: flags.sidecar,
      force: flags.force,
      // 0 means one to ggufix and all to llama-quantize.
      threads: Math.max(1, flags.threads ?? availableParallelism()),
      maxBufferMiB: flags.maxBufferMiB,
    },
    {
      engine,
      pool: await pool.open(),
      startWork: (work) => {
        // Work begins when the engine runs: the rules of `check` are loaded while it does.
        checking ??= import('../check-result.js');
        return startProgress(terminal, flags, work);
      },
      signal: terminal.signal,
    },
  );
  const { engineVersion: version, ...result } = made;
  let report: QuantizeReport = { ...planned, ...result, status: 'made', engine: { ...planned.engine, version } };
  try {
    const { checkResults } = await (checking ?? import('../check-result.js'));
    report = { ...report, findings: await checkResults(terminal, flags, pool, made.outputs) };
    if (perplexity !== undefined && evaluating !== undefined) {
      const wanted = { base: model.files[0].source.path, text: flags.text ?? '', chunks: flags.chunks };
      const [first = out] = made.outputs;
      report = { ...report, evaluation: await evaluating.evaluateResult(terminal, flags, perplexity, first, wanted) };
    }
  } finally {
    // The file is there, also where it could not be judged: whoever made it must be told.
    print(report);
  }
  if (report.findings.some(({ severity }) => severity === 'error')) terminal.setExit(EXIT.findings);
}

/** Says before the work, and not after it, that a file which it reads is in between two states or is no model. */
async function refuseUnfinished(model: Model, flags: QuantizeFlags): Promise<void> {
  refuseBroken(model);
  const { from, imatrix } = flags;
  const others = [...(from.kind === 'like' ? [from.source] : []), ...(imatrix === undefined ? [] : [imatrix])];
  for (const file of [...model.files.map(({ source }) => source.path), ...others]) await refuseJournal(file);
}

/** A text that cannot be read must not be found out about after hours of work either. */
async function requireText(text: string | undefined): Promise<void> {
  if (text === undefined) return;
  await using _text = await openFile(text);
}

/** A config that the result's check could not read must not be found after hours of work. */
async function requireConfig(out: string): Promise<void> {
  const { openConfigs } = await import('../../config/open-configs.js');
  await (await openConfigs(undefined)).settingsOf(path.resolve(out));
}

interface Planned {
  readonly source: string;
  readonly out: string;
  readonly engine: Engine;
  readonly model: Model;
  readonly plan: Quantization;
}

function plannedReport({ source, out, engine, model, plan }: Planned): QuantizeReport {
  const { recipe, preparation } = plan;
  const note = engineNote(engine);
  return {
    source,
    sourceBytes: model.files.reduce((bytes, file) => bytes + file.source.size, 0),
    out,
    status: 'planned',
    recipe,
    recipeHash: recipeHash(recipe),
    engine: { kind: engine.kind, program: engineLabel(engine) },
    bytes: preparation.bytes,
    bpw: preparation.bpw,
    outputs: [],
    findings: [],
    notes: note === undefined ? plan.notes : [...plan.notes, note],
    seconds: 0,
    plan: plan.planned,
  };
}

function printJson(terminal: Terminal, document: QuantizeDocument): void {
  terminal.out(`${JSON.stringify(document, null, 2)}\n`);
}
