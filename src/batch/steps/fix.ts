import { NO_CHOICES } from '../../checks/check.js';
import { planChange } from '../../edit/change-file.js';
import { findJournal } from '../../edit/find-journal.js';
import { recoverFile } from '../../edit/recover.js';
import { GgufError } from '../../errors.js';
import { type FixRequest, fixFile } from '../../evidence/fix-file.js';
import { writeChange } from '../../evidence/write-change.js';
import { readHeader } from '../../gguf/parse.js';
import type { ChangeResult } from '../../repair/change-result.js';
import { openFile } from '../../sources/file.js';
import type { StepResult } from '../journal/record.js';
import type { ManifestValues } from '../manifest/manifest.js';
import { setEdits } from '../survey/set-edits.js';
import { changesOf, titlesOf } from './changes.js';
import type { StepContext } from './context.js';
import type { PendingChanges } from './pending-changes.js';

const IN_PLACE = { force: false, strategy: 'auto', keepUndo: false } as const;

/** What a repair of a batch is done with. */
export function fixRequest(
  allow: 'safe' | 'unsafe',
  { tools, threads, signal, startWork }: StepContext,
): Omit<FixRequest, 'write' | 'choices'> {
  return {
    configs: tools.configs,
    tools: tools.evidence,
    threads,
    signal,
    startWork,
    allow,
    isTypeAskedFor: false,
    dryRun: false,
    // What is interrupted is settled by the repair, and what is not there leaves rules out.
    onNote: () => undefined,
    onUnavailable: () => undefined,
  };
}

/** What a file is to get. */
export interface WantedFix {
  readonly set: ManifestValues;
  readonly allow: 'safe' | 'unsafe';
}

/**
 * Gives a file the metadata of the manifest, where it has it not, and repairs it, in place. Rejects where errors stay. With
 * `pending`, what an earlier run came to do before it was killed is told as well.
 */
export async function fixInPlace(
  file: string,
  { set, allow }: WantedFix,
  context: StepContext,
  pending?: PendingChanges,
): Promise<StepResult> {
  if ((await findJournal(file)) !== undefined) await recoverFile(file);
  const setKeys = await setMetadata(file, set, context, pending);
  const result = await fixFile(file, {
    ...fixRequest(allow, context),
    write: IN_PLACE,
    choices: NO_CHOICES,
    onPlanned: async (applied) => pending?.add(titlesOf(applied)),
  });
  refuseUnfixed(file, result);
  const { changes = [], ...rest } = changesOf(result);
  return { ...rest, changes: [...(pending?.all() ?? [...setKeys, ...changes])] };
}

async function setMetadata(
  file: string,
  set: ManifestValues,
  { tools, signal }: StepContext,
  pending: PendingChanges | undefined,
): Promise<string[]> {
  if (Object.keys(set).length === 0) return [];
  await using source = await openFile(file);
  const header = await readHeader(source, signal);
  const change = planChange(header, setEdits(header, set), IN_PLACE);
  if (change.isNoChange) return [];
  const titles = Object.keys(set).map((key) => `set ${key}`);
  await pending?.add(titles);
  await writeChange(source, change, IN_PLACE, { pool: tools.evidence.pool, signal });
  return titles;
}

function refuseUnfixed(file: string, { remaining, status }: ChangeResult): void {
  const errors = remaining.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined || status === 'clean' || status === 'fixed') return;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const what = `cannot be fixed: ${first.rule}: ${first.message}${more}`;
  throw new GgufError('verification-failed', `${file}: ${what}`, { path: file, what });
}
