import { expandSources } from '../sources/expand.js';
import { shardPaths } from '../sources/shard-name.js';
import type { CheckFlags } from './check-flags.js';
import { requireTextPlace } from './require-text-place.js';

/**
 * Rejects with `not-writable` where a report or the baseline to be updated could not be written, or would take the place
 * of a file that is checked or read: asked before files are checked, which may take minutes.
 */
export async function requireCheckPlaces(sources: readonly string[], flags: CheckFlags): Promise<void> {
  const { baseline, updateBaseline, config } = flags;
  const reports = flags.outputs.flatMap(({ file }) => file ?? []);
  if (reports.length === 0 && !updateBaseline) return;
  const checked = (await expandSources(sources)).flatMap(({ source }) => shardPaths(source));
  const inputs = typeof config === 'string' ? [...checked, config] : checked;
  const known = baseline === undefined ? [] : [baseline];
  for (const report of reports) await requireTextPlace(report, [...inputs, ...known]);
  for (const updated of updateBaseline ? known : []) await requireTextPlace(updated, inputs);
}
