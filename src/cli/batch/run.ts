import { Command } from 'commander';
import { MANIFEST_NAME } from '../../batch/manifest/read.js';
import { openBatch } from '../../batch/open-batch.js';
import { parallelism } from '../../batch/run/capacity.js';
import { cleanUp } from '../../batch/run/clean-up.js';
import { runLocal } from '../../batch/run/run-local.js';
import { EXIT } from '../exit.js';
import { addSharedFlags, examples, readFlags, type SharedFlags } from '../flags.js';
import type { Terminal } from '../terminal.js';
import { packageVersion } from '../version.js';

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
  });
  if (dryRun) {
    terminal.out(JSON.stringify(batch.plan.jobs, null, 1) + '\n');
    return;
  }
  const each = parallelism(batch.manifest.settings.limits, flags);
  const outcomes = await runLocal(batch, {
    ...each,
    signal,
    onEvent: (e) => {
      if (e.event !== 'progress') terminal.err(JSON.stringify({ ...e, job: e.job.id }) + '\n');
    },
  });
  await cleanUp(batch);
  if ([...outcomes.values()].some(({ status }) => status !== 'done' && status !== 'skipped'))
    terminal.setExit(EXIT.partial);
}
