import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { MANIFEST_NAME } from '../../batch/manifest/read.js';
import { readRedisAddress } from '../../batch/queue/redis-address.js';
import { type QueueView, viewQueue } from '../../batch/queue/view.js';
import { type BatchStatusDocument, batchStatusSummary, jobStatusLine } from '../../report/batch-status.js';
import { cutText } from '../../report/text-width.js';
import { EXIT } from '../exit.js';
import { addSharedFlags, examples, readFlags, type SharedFlags } from '../flags.js';
import type { Terminal } from '../terminal.js';
import type { WorkOpener } from './open-work.js';
import { addQueueFlags, type QueueFlags, readQueueFlags } from './queue-flags.js';
import { statusDocument } from './status-document.js';

interface StatusFlags extends SharedFlags, QueueFlags {
  readonly watch: boolean;
  readonly engine: string;
}

/** `ggufix batch status`: how far a batch is, on whatever machines it runs. */
export function statusCommand(terminal: Terminal, openWork: WorkOpener): Command {
  const command = new Command('status')
    .summary('show how far a batch is')
    .description(
      'Shows what is done, what failed and what is left of a manifest, from its journals; with a queue also what is being done, and where.',
    )
    .argument('[manifest]', 'the manifest', MANIFEST_NAME)
    .option('--watch', 'show it again each second until nothing is left; in a pipe, print what changes')
    .option('--engine <engine>', 'auto (default), embedded, or the path of a llama-quantize, as for the run')
    .addHelpText(
      'after',
      examples([
        ['ggufix batch status', 'of the manifest in this folder'],
        ['ggufix batch status --queue redis://node1 --watch', 'follow the workers'],
      ]),
    )
    .action(async (manifest: string, given: unknown) => {
      const flags = readFlags(given, (reader) => ({
        ...readQueueFlags(reader),
        watch: reader.isSet('watch'),
        engine: reader.text('engine') ?? 'auto',
      }));
      await status(terminal, manifest, flags, openWork);
    });
  return addSharedFlags(addQueueFlags(command));
}

async function status(terminal: Terminal, manifest: string, flags: StatusFlags, openWork: WorkOpener): Promise<void> {
  const { signal } = terminal;
  await using view = await openView(terminal, manifest, flags);
  // The user sees all of it; roots are for what a queue says.
  await using work = await openWork(flags)(manifest, { roots: undefined, signal });
  const show = printer(terminal, flags);
  for (;;) {
    const document = await statusDocument(manifest, work, view);
    show(document);
    if (!flags.watch || document.isSettled) {
      const hasFailed = document.jobs.some(({ status: each }) => each === 'failed' || each === 'blocked');
      if (document.isSettled && hasFailed) terminal.setExit(EXIT.partial);
      return;
    }
    await sleep(WATCH_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

const WATCH_MS = 1000;

/** A queue that is named, or none. */
async function openView(terminal: Terminal, manifest: string, flags: StatusFlags): Promise<QueueView | undefined> {
  if (flags.queue === undefined && (process.env['GGUFIX_QUEUE_URL'] ?? '') === '') return undefined;
  return await viewQueue({
    ...flags,
    address: readRedisAddress(flags.queue, process.env),
    manifest,
    isPatient: false,
    signal: terminal.signal,
    onNote: (text) => terminal.err(`ggufix: note: ${text}\n`),
  });
}

/** What shows one document after the other: all of it, all of it in place of the last, or what is new in it. */
function printer(
  terminal: Terminal,
  { json, watch, quiet }: Pick<StatusFlags, 'json' | 'watch' | 'quiet'>,
): (document: BatchStatusDocument) => void {
  if (json) return (document) => terminal.out(`${JSON.stringify(document, null, watch ? undefined : 2)}\n`);
  const linesOf = (document: BatchStatusDocument): string[] => [
    ...(quiet ? [] : document.jobs.map(jobStatusLine)),
    batchStatusSummary(document),
  ];
  if (watch && terminal.stdout.isTty) return redrawer(terminal, linesOf);
  let shown: readonly string[] = [];
  return (document) => {
    const lines = linesOf(document);
    // A plan has the same jobs each time, so that a line stands for the same one.
    const changed = lines.filter((line, at) => line !== shown[at]);
    shown = lines;
    terminal.out(changed.map((line) => `${line}\n`).join(''));
  };
}

function redrawer(
  terminal: Terminal,
  linesOf: (document: BatchStatusDocument) => string[],
): (document: BatchStatusDocument) => void {
  let height = 0;
  return (document) => {
    const lines = linesOf(document).map((line) => cutText(line, terminal.stdout.width - 1));
    const up = height === 0 ? '' : `\u001b[${height}A\u001b[J`;
    terminal.out(`${up}${lines.map((line) => `${line}\n`).join('')}`);
    height = lines.length;
  };
}
