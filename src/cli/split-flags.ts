import { parseSize } from '../config/size.js';
import type { ShardLimits } from '../edit/split/deal-tensors.js';
import { badOption } from '../errors.js';
import { MAX_READ_TENSORS } from '../limits.js';
import { readFlags, type SharedFlags } from './flags.js';

/** The flags of `ggufix split`. */
export interface SplitFlags extends SharedFlags {
  readonly limits: ShardLimits;
  readonly dryRun: boolean;
  readonly force: boolean;
}

/** Reads them. Throws `bad-option`, also where nothing says when a shard is full. */
export function readSplitFlags(given: unknown): SplitFlags {
  const flags = readFlags(given, (reader) => ({
    limits: {
      maxBytes: maxBytes(reader.text('maxSize')),
      maxTensors: reader.integer('maxTensors', 1, MAX_READ_TENSORS),
      // commander turns --no-tensor-first into false.
      metadataOnlyFirst: !reader.isSet('tensorFirst'),
    },
    dryRun: reader.isSet('dryRun'),
    force: reader.isSet('force'),
  }));
  const { maxBytes: bytes, maxTensors, metadataOnlyFirst } = flags.limits;
  if (bytes !== undefined || maxTensors !== undefined || metadataOnlyFirst) return flags;
  throw badOption('say when a shard is full, with --max-size or --max-tensors');
}

function maxBytes(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const bytes = parseSize(text);
  if (bytes === undefined) throw badOption(`--max-size is '${text}', expected a size such as 2G, 500M or 4GiB`);
  return bytes;
}
