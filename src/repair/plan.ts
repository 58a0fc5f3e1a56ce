import type { Finding, Safety } from '../checks/check.js';
import { RULES } from '../checks/index.js';
import { type RuleSelection, ruleSelector } from '../checks/select.js';
import { applyEdits, type Draft, simulate } from '../edit/draft.js';
import type { Edit } from '../edit/edits.js';
import { GgufError } from '../errors.js';
import { fatalProblem, type Header, type TensorInfo, tensorExtent } from '../gguf/model.js';
import { isProblem, type Problem, REJECTED_BY } from '../gguf/problems.js';
import { MAX_REPAIR_PASSES } from '../limits.js';
import { findRepairable, type RepairScope } from './find-repairable.js';
import { type Allowed, type Fixable, pickFixes } from './pick.js';

/** What a repair may do. A selection limits what is fixed and what is reported as remaining. */
export interface RepairOptions extends RuleSelection, RepairScope {
  /** The least cautious kind of fix to apply; `safe` where absent, `none` only to see what there is. */
  readonly allow?: Allowed;
}

/** One fix of a plan. */
export interface AppliedFix {
  readonly rule: string;
  readonly title: string;
  readonly safety: Safety;
  readonly edits: readonly Edit[];
}

/** What will be done to a file. Nothing is to be written where `draft` is absent. */
export interface RepairPlan {
  /** The edits of all fixes, in order; they apply to the file as it is. */
  readonly edits: readonly Edit[];
  readonly applied: readonly AppliedFix[];
  /**
   * Selected errors and warnings that the file will have if it is written from scratch; of the file as it is where nothing is to
   * be written. A write in place may leave more, such as a missing final padding.
   */
  readonly remaining: readonly Finding[];
  readonly draft?: Draft;
  /** The container's problems that no fix removes and no reader accepts: where there are any, nothing is written. */
  readonly blockedBy: readonly Problem[];
}

/**
 * Checks, picks fixes, applies them to the header in memory and checks again until no fix is left. Pure: the file is
 * not touched. Throws `fix-regressed` where a fix brings in a kind of finding that was not there.
 *
 * A file whose container stays broken is left alone altogether, also where a fix would only patch metadata: no reader
 * would take it, and a truncated download can be resumed only as long as its bytes are those of the original.
 */
export function planRepair(header: Header, options: RepairOptions = {}): RepairPlan {
  const engine = engineFor(options);
  const start: State = { fixes: [], findings: engine.check(header), model: header };
  const end = canDraft(header) ? settle(header, start, engine) : start;
  const blockedBy = refusals(end.model).length > 0 ? refusals(header) : [];
  const { fixes, findings, draft } = blockedBy.length > 0 ? start : end;
  return {
    edits: fixes.flatMap(({ fix }) => fix.edits),
    applied: fixes.map(({ rule, fix }) => ({ rule, ...fix })),
    remaining: findings.filter((finding) => finding.severity !== 'info' && engine.isSelected(finding)),
    ...(draft === undefined ? {} : { draft }),
    blockedBy,
  };
}

/** The checks of one repair: all rules run, so that a regression is seen, but only the selected are fixed. */
interface Engine {
  readonly check: (model: Header) => readonly Finding[];
  readonly isSelected: (finding: Finding) => boolean;
  readonly allow: Allowed;
}

/** Where a repair stands: the fixes so far, and the header that they lead to with what is still wrong with it. */
interface State {
  readonly fixes: readonly Fixable[];
  readonly findings: readonly Finding[];
  readonly model: Header;
  readonly draft?: Draft;
}

function engineFor(options: RepairOptions): Engine {
  const { allow = 'safe', rules = RULES } = options;
  const isSelected = ruleSelector(rules, options);
  return { allow, isSelected: ({ rule }) => isSelected(rule), check: (model) => findRepairable(model, options) };
}

function settle(header: Header, start: State, engine: Engine): State {
  let state = start;
  for (let pass = 0; pass < MAX_REPAIR_PASSES; pass += 1) {
    const picked = pickFixes(state.findings.filter(engine.isSelected), engine.allow);
    if (picked.length === 0) return state;
    state = afterFixes(header, [...state.fixes, ...picked], engine);
    refuseRegression(start, state, picked);
  }
  const problem = `fixes did not settle within ${MAX_REPAIR_PASSES} passes`;
  throw new GgufError('fix-regressed', problem, { introduced: [] });
}

function afterFixes(header: Header, fixes: readonly Fixable[], engine: Engine): State {
  const edits = fixes.flatMap(({ fix }) => fix.edits);
  const draft = applyEdits(header, edits);
  const model = simulate(draft);
  return { fixes, draft, model, findings: engine.check(model) };
}

function refuseRegression(start: State, { findings }: State, picked: readonly Fixable[]): void {
  const known = new Set(start.findings.map(({ rule }) => rule));
  const introduced = [...new Set(findings.map(({ rule }) => rule).filter((rule) => !known.has(rule)))];
  if (introduced.length === 0) return;
  const titles = picked.map(({ fix }) => `'${fix.title}'`).join(', ');
  throw new GgufError('fix-regressed', `${titles} would bring in ${introduced.join(', ')}`, { introduced });
}

/**
 * Whether the header can be written at all: it was read to its end, and all tensors are in the file and apart. A
 * rewrite would pull overlapping ones apart, and what is certainly damaged would look sound.
 */
function canDraft(header: Header): boolean {
  const isApart = !header.problems.some(
    (problem) => isProblem(problem, 'tensor-offset') && problem.data.kind === 'overlap',
  );
  return fatalProblem(header) === undefined && isApart && header.tensors.every((tensor) => isInside(header, tensor));
}

function isInside(header: Header, tensor: TensorInfo): boolean {
  return tensor.type !== undefined && tensorExtent(header, tensor) !== undefined;
}

/** What ggml or llama.cpp's loader refuses, and what kept the header from being read to its end. */
function refusals({ problems }: Header): Problem[] {
  return problems.filter(({ code, fatal }) => fatal || REJECTED_BY[code] !== 'nobody');
}
