import { Command } from 'commander';
import { MANIFEST_NAME } from '../../batch/manifest/read.js';
import { maskedUrl } from '../../batch/queue/redis-address.js';
import { type Submitted, submitBatch } from '../../batch/queue/submit.js';
import { printable } from '../../gguf/printable.js';
import type { BatchSubmitDocument } from '../../report/batch-queue-schemas.js';
import { formatAmount } from '../../report/format.js';
import { addSharedFlags, examples, readFlags } from '../flags.js';
import type { Terminal } from '../terminal.js';
import type { WorkOpener } from './open-work.js';
import { addQueueFlags, queueAddress, readQueueFlags } from './queue-flags.js';

/** `ggufix batch submit`: puts the jobs of a manifest into a queue. */
export function submitCommand(terminal: Terminal, openWork: WorkOpener): Command {
  const command = new Command('submit')
    .summary('put the jobs of a manifest into a queue')
    .description(
      'Plans a manifest and adds the jobs that can be done now to a queue in Redis; workers add the others as soon as what they need is done. Submitting again adds what is missing, and tries again what failed.',
    )
    .argument('[manifest]', 'the manifest, in the shared folder', MANIFEST_NAME)
    .option(
      '--engine <engine>',
      'auto (default), embedded, or the path of a llama-quantize: the version that workers have',
    )
    .addHelpText(
      'after',
      examples([
        ['ggufix batch submit /models/ggufix.batch.yaml --queue redis://node1 --root /models', 'from any machine'],
      ]),
    )
    .action(async (manifest: string, given: unknown) => {
      const flags = readFlags(given, (reader) => ({
        ...readQueueFlags(reader),
        engine: reader.text('engine') ?? 'auto',
      }));
      const address = queueAddress(flags);
      const submitted = await submitBatch({
        ...flags,
        address,
        manifest,
        isPatient: false,
        signal: terminal.signal,
        open: openWork(flags),
        onNote: (text) => terminal.err(`ggufix: note: ${text}\n`),
      });
      if (flags.json) terminal.out(`${JSON.stringify(submittedDocument(manifest, submitted), null, 2)}\n`);
      else report(terminal, submitted, { where: `${flags.queueName} at ${maskedUrl(address)}`, isQuiet: flags.quiet });
    });
  return addSharedFlags(addQueueFlags(command));
}

function report(
  terminal: Terminal,
  submitted: Submitted,
  { where, isQuiet }: { where: string; isQuiet: boolean },
): void {
  const { added, queued, later, done, impossible, jobs, notes } = submitted;
  for (const note of notes) terminal.err(`ggufix: note: ${printable(note)}\n`);
  if (isQuiet) return;
  for (const id of added) terminal.out(`added  ${printable(id)}\n`);
  const rest = [
    ...(queued.length > 0 ? [`${queued.length} in the queue already`] : []),
    ...(later > 0 ? [`${later} to follow when what they need is done`] : []),
    ...(done > 0 ? [`${done} done`] : []),
    ...(impossible > 0 ? [`${impossible} that cannot be done (see batch status)`] : []),
  ];
  terminal.out(`${[`${added.length} of ${formatAmount(jobs, 'job')} added to ${where}`, ...rest].join(', ')}\n`);
}

function submittedDocument(manifest: string, { added, queued, notes, ...counts }: Submitted): BatchSubmitDocument {
  const lists = { added: [...added], queued: [...queued], notes: [...notes] };
  return { schema: 'ggufix.batch-submit/1', manifest, ...counts, ...lists };
}
