import type { Command } from 'commander';

/** Adds the flags that say which config holds; a command reads them with `reader.textOrOff('config')`. */
export function addConfigFlags(command: Command): Command {
  return command
    .option('--config <file>', 'use this config (default: ggufix.config.yaml upwards from each file)')
    .option('--no-config', 'use no config');
}
