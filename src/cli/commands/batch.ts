import { Command } from 'commander';
import { finishBatch } from '../batch/finish.js';
import { batchInitCommand } from '../batch/init-command.js';
import { workOpener } from '../batch/open-work.js';
import { batchReportCommand } from '../batch/report.js';
import { batchRunCommand } from '../batch/run.js';
import { statusCommand } from '../batch/status.js';
import { submitCommand } from '../batch/submit.js';
import { workerCommand } from '../batch/worker.js';
import { examples } from '../flags.js';
import type { Terminal } from '../terminal.js';

/** `ggufix batch`: many outputs of many models, by one manifest. */
export function batchCommand(terminal: Terminal): Command {
  const command = new Command('batch')
    .summary('make all quants of many models by one manifest')
    .description(
      'Makes what a manifest says of a folder of models: quants, repaired copies, repairs in place; checked, measured, hashed and listed. On this machine, or on many that share a folder and a Redis.',
    )
    .addHelpText(
      'after',
      examples([
        ['ggufix batch init models/', 'write a manifest to begin with'],
        ['ggufix batch run models/ggufix.batch.yaml --dry-run', 'see what it comes to'],
        ['ggufix batch run models/ggufix.batch.yaml', 'do it; again after a crash, to go on'],
      ]),
    );
  for (const make of [batchInitCommand, batchRunCommand]) command.addCommand(make(terminal));
  const openWork = workOpener(async (batch) => {
    await finishBatch(batch);
  });
  for (const make of [submitCommand, workerCommand, statusCommand]) command.addCommand(make(terminal, openWork));
  command.addCommand(batchReportCommand(terminal));
  return command;
}
