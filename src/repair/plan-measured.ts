import { isGgufError } from '../errors.js';
import { describeProblem } from '../gguf/describe-problem.js';
import type { Header } from '../gguf/model.js';
import type { Source } from '../sources/source.js';
import { type MeasuredConversion, measureConversions } from './measure.js';
import { type AppliedFix, planRepair, type RepairOptions, type RepairPlan } from './plan.js';

/** A repair whose conversions were tried on sampled weights. */
export interface MeasuredRepair {
  readonly repair: RepairPlan;
  readonly conversions: readonly MeasuredConversion[];
  /** What the user should know: why nothing is written, or why a fix was given up. */
  readonly notes: readonly string[];
}

/**
 * Plans a repair and measures what its conversions add. Where a weight cannot be converted, because it is NaN or too
 * large, the conversion is given up if it would only cure a warning and nobody asked for it: it must not keep errors from
 * being fixed. Otherwise rejects with `non-finite-weight` or `unsupported-conversion`.
 */
export async function planMeasured(source: Source, header: Header, options: RepairOptions): Promise<MeasuredRepair> {
  const repair = planRepair(header, options);
  const [blocked] = repair.blockedBy;
  const notes = blocked === undefined ? [] : [`nothing can be written to such a file: ${describeProblem(blocked)}`];
  try {
    return { repair, conversions: await measureConversions(source, header, repair.edits), notes };
  } catch (error) {
    if (!isGgufError(error, 'non-finite-weight') && !isGgufError(error, 'unsupported-conversion')) throw error;
    const rest = withoutConversions(header, repair, options);
    if (rest === undefined) throw error;
    return { repair: rest, conversions: [], notes: [...notes, `left as it is: ${error.message}`] };
  }
}

/** The other fixes of a repair, if the findings that its conversions would cure are warnings that nobody named. */
function withoutConversions(header: Header, repair: RepairPlan, options: RepairOptions): RepairPlan | undefined {
  const { choices, ignore = [] } = options;
  const isAskedFor = choices !== undefined && (choices.types.size > 0 || choices.from !== undefined);
  const converting = repair.applied.filter(isConversion).map(({ rule }) => rule);
  if (isAskedFor || repair.applied.every(isConversion)) return undefined;
  const { remaining: kept } = planRepair(header, { ...options, only: converting, allow: 'none' });
  if (kept.some(({ severity }) => severity === 'error')) return undefined;
  const rest = planRepair(header, { ...options, ignore: [...ignore, ...converting] });
  return { ...rest, remaining: [...rest.remaining, ...kept] };
}

function isConversion({ edits }: AppliedFix): boolean {
  return edits.some(({ op }) => op === 'retype-tensor');
}
