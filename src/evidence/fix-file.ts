import type { Finding, FixChoices } from '../checks/check.js';
import { type ChangeOptions, planDraft } from '../edit/change-file.js';
import { applyEdits } from '../edit/draft.js';
import { findJournal, journalNote } from '../edit/find-journal.js';
import { recoverFile } from '../edit/recover.js';
import { readHeader } from '../gguf/parse.js';
import type { StartWork } from '../quantizer/quantize/progress.js';
import type { ChangeResult, ChangeStatus } from '../repair/change-result.js';
import type { RepairOptions, RepairPlan } from '../repair/plan.js';
import { planMeasured } from '../repair/plan-measured.js';
import { recheck } from '../repair/recheck.js';
import { type FileSource, openFile } from '../sources/file.js';
import { repairScope, type ScopeRequest } from './repair-scope.js';
import { writeChange } from './write-change.js';

/** What a repair may do to a file, where the result goes, and the means to do it. */
export interface FixRequest extends ScopeRequest {
  /** The least cautious kind of fix to apply. */
  readonly allow: 'safe' | 'unsafe';
  readonly choices: FixChoices;
  /** Whether somebody asked for another type of a tensor: if only an unsafe fix would do it, it counts as left undone. */
  readonly isTypeAskedFor: boolean;
  readonly write: ChangeOptions;
  /** Plan and measure, and write nothing. */
  readonly dryRun: boolean;
  readonly startWork?: StartWork | undefined;
  /** Told what will be written, before anything is. */
  readonly onPlanned?: ((applied: ChangeResult['applied']) => Promise<void>) | undefined;
}

/**
 * Repairs one file as its config and the request say: in place, or into `write.out`, which is then written also where
 * there is nothing to repair. In place, an interrupted change is settled first. The result is read anew and checked.
 * Rejects with the errors of reading, planning (`planMeasured`), writing (`applyChange`) and rechecking (`recheck`).
 */
export async function fixFile(path: string, request: FixRequest): Promise<ChangeResult> {
  const notes = await settleJournal(path, request);
  await using file = await openFile(path);
  const result = await fixOpened(file, request);
  return { ...result, notes: [...notes, ...result.notes] };
}

/**
 * Whether something stays that the user wanted gone: errors, and what a type was asked for but only an unsafe fix would
 * do. Another warning that stays does not make a repair fail.
 */
export function isLeftUnfixed(
  remaining: readonly Finding[],
  { isTypeAskedFor }: Pick<FixRequest, 'isTypeAskedFor'>,
): boolean {
  return remaining.some(({ severity, fix }) => severity === 'error' || (isTypeAskedFor && fix?.safety === 'unsafe'));
}

/** An interrupted write is settled first: nothing can be said of a file in between. */
async function settleJournal(path: string, { dryRun, write, onNote }: FixRequest): Promise<string[]> {
  const note = dryRun ? await journalNote(path) : undefined;
  if (note !== undefined) onNote(note);
  // With an output the file is only read, so one that needs `recover` is refused later on.
  if (dryRun || write.out !== undefined || (await findJournal(path)) === undefined) return [];
  const recovery = await recoverFile(path);
  return [`an earlier change had been interrupted: ${recovery}`];
}

async function fixOpened(file: FileSource, request: FixRequest): Promise<ChangeResult> {
  const { write, dryRun, signal, startWork, tools } = request;
  const header = await readHeader(file, signal);
  const { only = [], ignore = [], choices, allow } = request;
  const options: RepairOptions = { ...(await repairScope(file, header, request)), only, ignore, choices, allow };
  const { repair, conversions, notes } = await planMeasured(file, header, options);
  const base = { source: file.uri, applied: repair.applied, conversions, seconds: 0, notes };
  const isCopy = write.out !== undefined && repair.blockedBy.length === 0;
  const draft = repair.draft ?? (isCopy ? applyEdits(header, []) : undefined);
  if (draft === undefined) return { ...base, remaining: repair.remaining, status: statusOf(repair, request) };
  const change = planDraft(draft, write);
  const found = { ...base, change, ...(write.out === undefined ? {} : { out: write.out }) };
  if (dryRun) return { ...found, remaining: repair.remaining, status: statusOf(repair, request) };
  await request.onPlanned?.(repair.applied);
  const seconds = await writeChange(file, change, write, { pool: tools.pool, signal, startWork });
  const remaining = await recheck(write.out ?? file.path, repair, options);
  return { ...found, seconds, remaining, status: statusOf({ ...repair, remaining }, request) };
}

function statusOf(
  { applied, remaining }: Pick<RepairPlan, 'applied' | 'remaining'>,
  request: Pick<FixRequest, 'dryRun' | 'isTypeAskedFor'>,
): ChangeStatus {
  const isLeft = isLeftUnfixed(remaining, request);
  if (applied.length === 0) return isLeft ? 'failed' : 'clean';
  if (request.dryRun) return 'planned';
  return isLeft ? 'partly' : 'fixed';
}
