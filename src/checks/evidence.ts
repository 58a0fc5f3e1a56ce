import type { FileEdges } from '../gguf/read-edges.js';
import type { TemplateRuns } from '../templates/template-runs.js';
import type { EngineVerdict } from './engine/verdict.js';
import type { Policy } from './policy/policy.js';
import type { ShardSet } from './shard/shard-set.js';
import type { DataScan } from './tensor/data-scan.js';
import type { Checksum } from './upload/checksum.js';

/**
 * What was looked up besides the header, each part only where a run asks for it. Gathered before the rules run, by
 * the layers that may read files and start workers; for the rules it is plain data.
 */
export interface Evidence {
  /** Name of the file without its folder. */
  readonly name?: string;
  /** The bytes of the file that belong to no key and no tensor. */
  readonly edges?: FileEdges;
  /** What the sandboxed renderer says of the chat templates. */
  readonly template?: TemplateRuns;
  /** The headers of the whole shard set that the file belongs to. */
  readonly shards?: ShardSet;
  /** What a scan of every tensor's bytes found (`--data`). */
  readonly data?: DataScan;
  /** Expected and real hash of the file, where somebody published one. */
  readonly checksum?: Checksum;
  /** What llama.cpp says when it loads the file (`--engine`). */
  readonly engine?: EngineVerdict;
  /** What the publisher demands, from the config. */
  readonly policy?: Policy;
}

/** What a rule needs besides the header. */
export type Need = 'header' | keyof Evidence;

/** The evidence of a header that stands alone. */
export const NO_EVIDENCE: Evidence = {};

/** Whether there is what a rule needs. */
export function hasEvidence(evidence: Evidence, need: Need): boolean {
  return need === 'header' || evidence[need] !== undefined;
}
