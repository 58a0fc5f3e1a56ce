import type { Header } from '../../gguf/model.js';

/** A file of a shard set, as far as it is there. */
export interface Shard {
  /** File name without its folder. */
  readonly name: string;
  /** Number in the name, from 1. */
  readonly number: number;
  /** Its header; absent where the file is missing or cannot be read. */
  readonly header?: Header;
}

/** All shards that the name of one of them asks for. */
export interface ShardSet {
  /** What the names share: `model` of `model-00001-of-00003.gguf`. */
  readonly prefix: string;
  /** How many there should be, from the name. */
  readonly count: number;
  /** Number of the shard that is checked, from 1. */
  readonly number: number;
  /** One for each number from 1 to `count`. */
  readonly shards: readonly Shard[];
}
