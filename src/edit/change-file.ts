import { badOption } from '../errors.js';
import type { Header } from '../gguf/model.js';
import type { FileSource } from '../sources/file.js';
import type { WorkerPool } from '../tensors/pool.js';
import { applyPlan, applyPlanTo } from './apply.js';
import type { RewriteProgress } from './apply-rewrite.js';
import { applyEdits, type Draft } from './draft.js';
import type { Edit } from './edits.js';
import { bytesToWrite, isNoChange, planWrite, type Strategy, type WritePlan } from './plan.js';

/** Where and how a change is written. */
export interface ChangeOptions {
  /** A new file to write instead of changing the old one. */
  readonly out?: string;
  /** Replace `out` if it exists. */
  readonly force: boolean;
  readonly strategy: Strategy | 'auto';
  readonly keepUndo: boolean;
}

/** A change that has been decided and can be printed; nothing is written yet. */
export interface PlannedChange {
  readonly plan: WritePlan;
  /** Bytes that doing it writes, without the journal. */
  readonly bytes: number;
  readonly isNoChange: boolean;
}

/** How work on large files reports and stops. */
export interface ChangeContext {
  /** Opens the workers; called only where tensors are copied or converted. */
  readonly openPool: () => Promise<WorkerPool>;
  readonly signal?: AbortSignal;
  readonly onProgress?: RewriteProgress;
}

/** Decides how edits are written. Pure. */
export function planChange(header: Header, edits: readonly Edit[], options: ChangeOptions): PlannedChange {
  return planDraft(applyEdits(header, edits), options);
}

/** As `planChange`, for a draft that exists already. */
export function planDraft(draft: Draft, { out, strategy, keepUndo }: ChangeOptions): PlannedChange {
  if (out === undefined) {
    const plan = planWrite(draft, strategy);
    return { plan, bytes: bytesToWrite(plan), isNoChange: isNoChange(plan) };
  }
  if (keepUndo) {
    throw badOption('--keep-undo is for changes in place: with -o the old file stays as it is');
  }
  if (strategy === 'patch' || strategy === 'slide') {
    throw badOption(`--strategy ${strategy} changes a file in place and cannot be combined with -o`);
  }
  const plan = planWrite(draft, 'rewrite');
  return { plan, bytes: bytesToWrite(plan), isNoChange: false };
}

/** Does a planned change to the file behind `source`, or to `options.out`. */
export async function applyChange(
  source: FileSource,
  { plan, isNoChange: nothing }: PlannedChange,
  options: ChangeOptions,
  context: ChangeContext,
): Promise<void> {
  await source.assertUnchanged();
  const common = { ...context, identity: source.identity };
  if (options.out !== undefined) {
    if (plan.strategy !== 'rewrite') throw new TypeError('a new file is always written whole');
    await applyPlanTo(options.out, source.path, plan, { ...common, force: options.force });
  } else if (!nothing) {
    const isStrategyForced = options.strategy !== 'auto';
    await applyPlan(source.path, plan, { ...common, isStrategyForced, keepUndo: options.keepUndo });
  }
}
