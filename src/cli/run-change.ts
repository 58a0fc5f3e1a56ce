import type { ChangeOptions, PlannedChange } from '../edit/change-file.js';
import { badOption } from '../errors.js';
import { lazyPool } from '../evidence/lazy-pool.js';
import { writeChange } from '../evidence/write-change.js';
import type { ChangeResult } from '../repair/change-result.js';
import { type ChangeJson, changeJson, renderChange } from '../report/change.js';
import { expandSources } from '../sources/expand.js';
import type { FileSource } from '../sources/file.js';
import { eachSource, type Outcome } from './each-source.js';
import type { SharedFlags } from './flags.js';
import { startProgress, type Work } from './progress.js';
import type { Terminal } from './terminal.js';

/** Does a planned change with workers and a progress bar. Resolves to the seconds that it took. */
export async function runChange(
  terminal: Terminal,
  flags: SharedFlags,
  source: FileSource,
  planned: PlannedChange,
  options: ChangeOptions,
): Promise<number> {
  await using pool = lazyPool(flags);
  const startWork = (work: Work) => startProgress(terminal, flags, work);
  return await writeChange(source, planned, options, { pool, signal: terminal.signal, startWork });
}

/** A file that one run reports on: its report, or why there is none. */
export type ChangedFile =
  | ChangeJson
  | { readonly source: string; readonly status: 'failed'; readonly error: { code: string; message: string } };

/**
 * Changes each file that the sources stand for and prints the reports: as text while it goes on, as one document of
 * this `schema` at the end. `-o` takes one source only. `expand` finds the files.
 */
export async function changeEach(
  terminal: Terminal,
  schema: string,
  sources: readonly string[],
  flags: SharedFlags & { readonly out?: string },
  work: (source: string) => Promise<ChangeResult>,
  expand = expandSources,
): Promise<ChangeResult[]> {
  if (flags.out !== undefined && (await expand(sources)).length > 1) {
    throw badOption('-o takes one source');
  }
  const files: ChangedFile[] = [];
  const results: ChangeResult[] = [];
  try {
    for await (const outcome of eachSource(terminal, sources, flags, work, { expand })) {
      files.push(fileJson(outcome));
      if (!outcome.ok) continue;
      results.push(outcome.value);
      if (!flags.json && !flags.quiet) terminal.out(renderChange(outcome.value, terminal.stdout));
    }
  } finally {
    // Also where the run was interrupted: what was changed by then must be known.
    if (flags.json) terminal.out(`${JSON.stringify({ schema, files }, null, 2)}\n`);
  }
  return results;
}

function fileJson(outcome: Outcome<ChangeResult>): ChangedFile {
  return outcome.ok ? changeJson(outcome.value) : { source: outcome.source, status: 'failed', error: outcome.error };
}
