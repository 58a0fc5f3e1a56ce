import { Command } from 'commander';
import { MANIFEST_NAME } from '../../batch/manifest/read.js';
import { type OpenBatch, openBatch } from '../../batch/open-batch.js';
import { peakBytes } from '../../batch/plan/disk-need.js';
import { freeBytes, parallelism } from '../../batch/run/capacity.js';
import { jobStates } from '../../batch/run/job-states.js';
import { runLocal } from '../../batch/run/run-local.js';
import { isGgufError } from '../../errors.js';
import { printable } from '../../gguf/printable.js';
import { renderPlan } from '../../report/batch/plan.js';
import { planDocument } from '../../report/batch/plan-json.js';
import { resultsDocument } from '../../report/batch/results-json.js';
import { renderBatchSummary } from '../../report/batch/summary.js';
import { tallyOf } from '../../report/batch/tally.js';
import { EXIT } from '../exit.js';
import { addSharedFlags, examples, readFlags, type SharedFlags } from '../flags.js';
import type { Terminal } from '../terminal.js';
import { packageVersion } from '../version.js';
import { startDisplay } from './display.js';
import { finishBatch } from './finish.js';

interface RunFlags extends SharedFlags {
  readonly dryRun: boolean;
  readonly jobs: number | undefined;
  readonly engine: string;
}

/** `ggufix batch run`: does what a manifest says on this machine. */
export function batchRunCommand(terminal: Terminal): Command {
  const command = new Command('run')
    .summary('do what a manifest says, on this machine')
    .description(
      'Makes all outputs of a manifest: quantizes, repairs, checks, measures, hashes. What is done already is not done again; what fails stops only what needs it.',
    )
    .argument('[manifest]', 'the manifest', MANIFEST_NAME)
    .option('-n, --dry-run', 'show jobs, sizes and what is done, and write nothing')
    .option('--jobs <n>', 'jobs at a time (default: that of the manifest, else 2)')
    .option('--engine <engine>', 'auto (default), embedded, or the path of a llama-quantize')
    .addHelpText(
      'after',
      examples([
        ['ggufix batch run', 'the manifest of this folder'],
        ['ggufix batch run quants.yaml --dry-run', 'what would be made, how large it gets, what is done'],
      ]),
    )
    .action(async (manifest: string, given: unknown) => {
      await run(
        terminal,
        manifest,
        readFlags(given, (reader) => ({
          dryRun: reader.isSet('dryRun'),
          jobs: reader.integer('jobs', 1, 1024),
          engine: reader.text('engine') ?? 'auto',
        })),
      );
    });
  return addSharedFlags(command);
}

async function run(terminal: Terminal, manifest: string, flags: RunFlags): Promise<void> {
  const { signal } = terminal;
  const { engine, threads, dryRun } = flags;
  await using batch = await openBatch(manifest, {
    version: packageVersion(),
    engine,
    threads,
    signal,
    isExact: dryRun,
    mayRecover: !dryRun,
  });
  const each = parallelism(batch.manifest.settings.limits, flags);
  if (dryRun) return await showPlan(terminal, batch, each.jobs, flags);
  for (const note of flags.quiet ? [] : batch.plan.notes) terminal.err(`ggufix: note: ${printable(note)}\n`);
  try {
    await runShown(terminal, batch, each, flags);
  } catch (error) {
    // What is done is done: the results tell of it.
    if (isGgufError(error, 'aborted')) await finishBatch(batch);
    throw error;
  }
  const results = await finishBatch(batch);
  if (flags.json) terminal.out(`${JSON.stringify(resultsDocument(results), null, 2)}\n`);
  else if (!flags.quiet) terminal.out(renderBatchSummary(results, batch.layout.root, terminal.stdout));
  const { failed, blocked, open, unreadableModels } = tallyOf(results);
  if (failed + blocked + open + unreadableModels > 0) terminal.setExit(EXIT.partial);
}

async function showPlan(terminal: Terminal, batch: OpenBatch, jobs: number, flags: RunFlags): Promise<void> {
  const states = jobStates(batch.plan, await batch.records());
  if (batch.plan.jobs.some(({ problem }) => problem !== undefined)) terminal.setExit(EXIT.partial);
  const disk = { peakBytes: peakBytes(batch.plan, states, jobs), freeBytes: await freeBytes(batch.layout.root) };
  if (flags.json) terminal.out(`${JSON.stringify(planDocument(batch.plan, states, disk), null, 2)}\n`);
  else terminal.out(renderPlan(batch.plan, states, disk, terminal.stdout));
}

async function runShown(
  terminal: Terminal,
  batch: OpenBatch,
  each: { readonly jobs: number; readonly threads: number },
  flags: RunFlags,
): Promise<void> {
  const display = startDisplay(terminal, flags, batch.plan.jobs.length);
  try {
    await runLocal(batch, { ...each, signal: terminal.signal, onEvent: display.onEvent });
  } finally {
    display.end();
  }
}
