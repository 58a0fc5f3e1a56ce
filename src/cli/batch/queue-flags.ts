import { type Command, Option } from 'commander';
import { type RedisAddress, readRedisAddress } from '../../batch/queue/redis-address.js';
import { badOption } from '../../errors.js';
import type { FlagReader } from '../flag-reader.js';
import { append } from '../flags.js';

/** Flags of the commands that use a queue. */
export interface QueueFlags {
  /** The URL as it was given; never print it. */
  readonly queue: string | undefined;
  readonly queueName: string;
  readonly roots: readonly string[];
}

/** Adds them. */
export function addQueueFlags(command: Command): Command {
  const flags = [
    new Option('--queue <url>', 'redis://host, rediss://host for TLS, unix:///socket (default: $GGUFIX_QUEUE_URL)'),
    new Option('--queue-name <name>', 'name of the queue: one for each shared folder (default: ggufix)'),
    new Option('--root <dir>', 'the shared folder; may be repeated (default: the current folder)').argParser(append),
  ];
  for (const flag of flags) command.addOption(flag);
  return command;
}

/** Reads them. */
export function readQueueFlags(reader: FlagReader): QueueFlags {
  const roots = reader.list('root');
  return {
    queue: reader.text('queue'),
    queueName: queueName(reader.text('queueName') ?? 'ggufix'),
    roots: roots.length === 0 ? ['.'] : roots,
  };
}

/** Where the queue is. Throws `bad-option` where that was not said, or not rightly. */
export function queueAddress({ queue }: QueueFlags): RedisAddress {
  return readRedisAddress(queue, process.env);
}

/** It becomes part of keys in Redis, where a colon parts names. */
function queueName(name: string): string {
  if (/^[\w.-]{1,100}$/.test(name)) return name;
  throw badOption('--queue-name must be letters, digits, dots, dashes and underscores, at most 100');
}
