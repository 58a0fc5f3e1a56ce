import { Command } from 'commander';
import { refuseJournal } from '../../edit/find-journal.js';
import { planSplit, type SplitPlan } from '../../edit/split/plan-split.js';
import { requireNewShards, splitFile } from '../../edit/split/split-file.js';
import { lazyPool } from '../../evidence/lazy-pool.js';
import { failedSplit, renderSplit, type SplitReport, splitDocument } from '../../report/split.js';
import { type FileSource, openFile } from '../../sources/file.js';
import { failureJson, reportFailure } from '../errors.js';
import { addSharedFlags, examples } from '../flags.js';
import { startProgress } from '../progress.js';
import { readWholeHeader } from '../require-header.js';
import { readSplitFlags, type SplitFlags } from '../split-flags.js';
import { takenNotes } from '../taken-notes.js';
import type { Terminal } from '../terminal.js';

/** `ggufix split`: writes a model as a set of shards. */
export function splitCommand(terminal: Terminal): Command {
  const command = new Command('split')
    .summary('write a model as several shards')
    .description(
      'Writes a model as the shards OUT-00001-of-00003.gguf and so on, as llama-gguf-split does: tensors keep their bytes and order, the first shard has the metadata. The source stays.',
    )
    .argument('<source>', 'the model, in one file')
    .argument('<out>', 'what the shards are called; its .gguf goes to the end of their names')
    .option('--max-size <size>', 'most tensor data of a shard: 2G, 500M (decimal), 4GiB; a larger tensor stays whole')
    .option('--max-tensors <n>', 'most tensors of a shard')
    .option('--no-tensor-first', 'put metadata only into the first shard')
    .option('-n, --dry-run', 'show the shards and their exact sizes and write nothing')
    .option('--force', 'replace shards of these names')
    .addHelpText(
      'after',
      examples([
        ['ggufix split model.gguf model --max-size 2G', 'model-00001-of-00003.gguf and so on'],
        ['ggufix split model.gguf model --max-size 2G --dry-run', 'how many, and how large'],
        ['ggufix split model.gguf model --max-tensors 128 --no-tensor-first', 'a small first one, for its metadata'],
      ]),
    )
    .action(async (source: string, out: string, given: unknown) => {
      const flags = readSplitFlags(given);
      await split(terminal, source, out, flags).catch((error: unknown) => {
        if (flags.json) terminal.out(`${JSON.stringify(failedSplit(source, failureJson(error)), null, 2)}\n`);
        reportFailure(terminal, error, { source, verbose: flags.verbose });
      });
    });
  return addSharedFlags(command);
}

async function split(terminal: Terminal, path: string, out: string, flags: SplitFlags): Promise<void> {
  await using source = await openFile(path);
  await refuseJournal(path);
  const plan = planSplit(await readWholeHeader(source, terminal.signal), flags.limits);
  const paths = await requireNewShards(source, out, { plan, force: flags.force || flags.dryRun });
  const seconds = flags.dryRun ? 0 : await write(terminal, source, out, plan, flags);
  const report: SplitReport = {
    source: source.uri,
    status: flags.dryRun ? 'planned' : 'split',
    files: plan.shards.map((shard, index) => ({
      file: paths[index] ?? out,
      tensors: shard.tensors,
      bytes: shard.plan.newSize,
    })),
    notes: [...takenNotes(paths, flags), ...notesOn(plan, flags)],
    seconds,
  };
  if (flags.json) terminal.out(`${JSON.stringify(splitDocument(report), null, 2)}\n`);
  else if (!flags.quiet) terminal.out(renderSplit(report, terminal.stdout));
}

/** Resolves to the seconds that it took. */
async function write(
  terminal: Terminal,
  source: FileSource,
  out: string,
  plan: SplitPlan,
  flags: SplitFlags,
): Promise<number> {
  const start = performance.now();
  const work = { label: `split ${source.uri}`, total: plan.bytes, unit: 'bytes' } as const;
  const progress = startProgress(terminal, flags, work);
  await using pool = lazyPool(flags);
  let done = 0;
  try {
    const onProgress = (bytes: number): void => {
      done += bytes;
      progress.update(done);
    };
    const context = { openPool: () => pool.open(), signal: terminal.signal, onProgress };
    await splitFile(source, out, { plan, force: flags.force }, context);
  } finally {
    progress.end();
  }
  return (performance.now() - start) / 1000;
}

/** Files that a user who gave a size may not expect. */
function notesOn({ shards }: SplitPlan, { limits: { maxBytes } }: SplitFlags): string[] {
  const large = shards.filter(({ plan }) => maxBytes !== undefined && plan.newSize > maxBytes).length;
  if (large === 0) return [];
  const which = large === 1 ? 'one file is' : `${large} files are`;
  return [`${which} larger than --max-size: that is of tensor data, and a larger tensor stays whole`];
}
