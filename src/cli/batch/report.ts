import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { MANIFEST_NAME } from '../../batch/manifest/read.js';
import { type OpenBatch, openBatch } from '../../batch/open-batch.js';
import { collectResults } from '../../batch/results/collect.js';
import type { BatchResults } from '../../batch/results/results.js';
import { jobStates } from '../../batch/run/job-states.js';
import { GgufError } from '../../errors.js';
import { resultsDocument } from '../../report/batch/results-json.js';
import { resultsMarkdown } from '../../report/batch/results-markdown.js';
import { addSharedFlags, examples, readFlags, type SharedFlags } from '../flags.js';
import type { Terminal } from '../terminal.js';
import { packageVersion } from '../version.js';
import { writeResults } from './write-results.js';

interface ReportFlags extends SharedFlags {
  readonly engine: string;
}

/** `ggufix batch report`: makes the results of a batch again. */
export function batchReportCommand(terminal: Terminal): Command {
  const command = new Command('report')
    .summary('write the results of a batch again')
    .description(
      'Makes results.json, results.md and SHA256SUMS again of what the journals of a batch say, also while it runs, and prints the table. Nothing else is done or written.',
    )
    .argument('[manifest]', 'the manifest', MANIFEST_NAME)
    .option('--engine <engine>', 'the engine of the run: auto (default), embedded, or the path of a llama-quantize')
    .addHelpText(
      'after',
      examples([
        ['ggufix batch report', 'what is done so far, as Markdown'],
        ['ggufix batch report quants.yaml --json', 'the same as the document of results.json'],
      ]),
    )
    .action(async (manifest: string, given: unknown) => {
      await report(
        terminal,
        manifest,
        readFlags(given, (reader) => ({ engine: reader.text('engine') ?? 'auto' })),
      );
    });
  return addSharedFlags(command);
}

async function report(terminal: Terminal, manifest: string, flags: ReportFlags): Promise<void> {
  const { engine, threads } = flags;
  const { signal } = terminal;
  await using batch = await openBatch(manifest, { version: packageVersion(), engine, threads, signal });
  const { root } = batch.layout;
  if (!existsSync(root)) {
    throw new GgufError('not-found', `nothing was made yet: there is no folder ${root}`, { kind: 'file', name: root });
  }
  const results = await resultsOf(batch);
  await writeResults(results, batch.layout);
  if (flags.json) terminal.out(`${JSON.stringify(resultsDocument(results), null, 2)}\n`);
  else if (!flags.quiet) terminal.out(resultsMarkdown(results));
}

/** What became of a batch so far. */
export async function resultsOf(batch: OpenBatch): Promise<BatchResults> {
  return collectResults(batch.plan, jobStates(batch.plan, await batch.records()), batch.layout);
}
