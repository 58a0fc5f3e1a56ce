import path from 'node:path';
import type { Rule } from '../checks/check.js';
import type { Evidence } from '../checks/evidence.js';
import type { Policy } from '../checks/policy/policy.js';
import { GgufError } from '../errors.js';
import type { Header } from '../gguf/model.js';
import { readEdges } from '../gguf/read-edges.js';
import type { FileSource } from '../sources/file.js';
import type { EvidenceContext } from './context.js';
import type { EvidenceTools } from './tools.js';

/** The file that something is looked up for, and the means to do it. */
export interface Subject extends EvidenceContext {
  readonly file: FileSource;
  readonly header: Header;
  readonly policy?: Policy;
  /** What the files of the run share. */
  readonly tools: EvidenceTools;
}

/** Looks one thing up. `undefined` means that there is nothing to judge: the rules that need it do not run. */
export type Gather<N extends keyof Evidence> = (subject: Subject) => Promise<Evidence[N]> | Evidence[N];

/** Who looks what up. */
export type Gatherers = { readonly [N in keyof Evidence]?: Gather<N> };

/** All that can be looked up. What takes long goes through `alone`. */
export const GATHERERS: Gatherers = {
  name: ({ file }) => path.basename(file.path),
  policy: ({ policy }) => policy,
  edges: async ({ file, header, signal }) => await readEdges(file, header, signal),
  template: async ({ header, tools, signal }) =>
    header.metadata.some(({ key }) => key.startsWith('tokenizer.chat_template'))
      ? await tools.sandbox.run(header, signal)
      : undefined,
  shards: async ({ file, header, tools, signal }) => await tools.shardSets.find(file.path, header, signal),
  data: async ({ file, header, tools, signal }) =>
    await tools.alone(async () => {
      const { scanTensors } = await import('../tensors/scan/scan-tensors.js');
      return await scanTensors(file, header, { pool: await tools.pool.open(), signal });
    }),
  checksum: async ({ file, tools, signal }) =>
    await tools.alone(async () => {
      const { findChecksum } = await import('./find-checksum.js');
      return await findChecksum(file.path, signal);
    }),
  engine: async ({ file, tools, signal, threads, onUnavailable }) =>
    await tools.alone(async () => {
      const { loadInEngine } = await import('../quantizer/load-in-engine.js');
      const verdict = await loadInEngine(file.path, { signal, threads });
      // Whoever asked for llama.cpp must not take its silence for a pass.
      if (verdict.outcome === 'unavailable') {
        const [what = 'llama.cpp'] = verdict.messages;
        onUnavailable(new GgufError('unavailable', what, { what }), file.uri);
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
    subject.signal.throwIfAborted();
    const value = await gatherers[need]?.(subject);
    if (value !== undefined) found.push([need, value]);
  }
  return Object.fromEntries(found);
}
