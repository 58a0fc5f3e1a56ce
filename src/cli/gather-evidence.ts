import path from 'node:path';
import type { Rule } from '../checks/check.js';
import type { Evidence } from '../checks/evidence.js';
import type { Policy } from '../checks/policy/policy.js';
import { GgufError } from '../errors.js';
import type { Header } from '../gguf/model.js';
import { readEdges } from '../gguf/read-edges.js';
import type { FileSource } from '../sources/file.js';
import { reportFailure } from './errors.js';
import type { ShardSets } from './evidence/shard-sets.js';
import type { SharedFlags } from './flags.js';
import type { LazyPool } from './lazy-pool.js';
import type { LazySandbox } from './lazy-sandbox.js';
import type { OneAtATime } from './one-at-a-time.js';
import type { Terminal } from './terminal.js';

/** The file that something is looked up for, and the means to do it. */
export interface Subject {
  readonly file: FileSource;
  readonly header: Header;
  readonly policy?: Policy;
  /** For the signal and for progress. */
  readonly terminal: Terminal;
  readonly flags: SharedFlags;
  /** Queue for what takes the whole machine. */
  readonly alone: OneAtATime;
  /** The workers of the run. */
  readonly pool: LazyPool;
  /** The template sandbox of the run. */
  readonly sandbox: LazySandbox;
  /** The shard sets of the run. */
  readonly shardSets: ShardSets;
}

/** Looks one thing up. `undefined` means that there is nothing to judge: the rules that need it do not run. */
export type Gather<N extends keyof Evidence> = (subject: Subject) => Promise<Evidence[N]> | Evidence[N];

/** Who looks what up. */
export type Gatherers = { readonly [N in keyof Evidence]?: Gather<N> };

/** All that can be looked up. What takes long goes through `alone`. */
export const GATHERERS: Gatherers = {
  name: ({ file }) => path.basename(file.path),
  policy: ({ policy }) => policy,
  edges: async ({ file, header, terminal }) => await readEdges(file, header, terminal.signal),
  template: async ({ header, sandbox, terminal }) =>
    header.metadata.some(({ key }) => key.startsWith('tokenizer.chat_template'))
      ? await sandbox.run(header, terminal.signal)
      : undefined,
  shards: async ({ file, header, shardSets, terminal }) => await shardSets.find(file.path, header, terminal.signal),
  data: async ({ file, header, terminal, pool, alone }) =>
    await alone(async () => {
      const { scanTensors } = await import('../tensors/scan/scan-tensors.js');
      return await scanTensors(file, header, { pool: await pool.open(), signal: terminal.signal });
    }),
  checksum: async ({ file, terminal, alone }) =>
    await alone(async () => {
      const { findChecksum } = await import('./evidence/find-checksum.js');
      return await findChecksum(file.path, terminal.signal);
    }),
  engine: async ({ file, terminal, flags, alone }) =>
    await alone(async () => {
      const { loadInEngine } = await import('../quantizer/load-in-engine.js');
      const verdict = await loadInEngine(file.path, { signal: terminal.signal, threads: flags.threads });
      // Whoever asked for llama.cpp must not take its silence for a pass.
      if (verdict.outcome === 'unavailable') {
        const [what = 'llama.cpp'] = verdict.messages;
        reportFailure(terminal, new GgufError('unavailable', what, { what }), { ...flags, source: file.uri });
      }
      return verdict;
    }),
};

/** What the rules need, and nothing that none of them needs. One thing after the other: each may take all processors. */
export async function gatherEvidence(
  subject: Subject,
  rules: readonly Rule[],
  gatherers: Gatherers,
): Promise<Evidence> {
  const found: [string, unknown][] = [];
  for (const need of new Set(rules.map(({ needs }) => needs))) {
    if (need === 'header') continue;
    subject.terminal.signal.throwIfAborted();
    const value = await gatherers[need]?.(subject);
    if (value !== undefined) found.push([need, value]);
  }
  return Object.fromEntries(found);
}
