import type { Finding } from '../checks/check.js';
import type { PlannedChange } from '../edit/change-file.js';
import type { ChangeResult, ChangeStatus } from '../repair/change-result.js';
import type { MeasuredConversion } from '../repair/measure.js';
import { type FindingJson, findingJson } from './finding-json.js';
import { formatBytes, formatSeconds } from './format.js';
import type { Page } from './styles.js';
import { wrapText } from './text-width.js';

/** One file of `fix`, `requantize` and `meta set` as JSON. */
export interface ChangeJson {
  readonly source: string;
  readonly status: ChangeStatus;
  readonly strategy?: string;
  readonly bytesWritten: number;
  /** In a dry run: what would be written. */
  readonly bytesPlanned?: number;
  readonly seconds: number;
  readonly output?: string;
  readonly applied: readonly { readonly rule?: string; readonly title: string }[];
  readonly conversions: readonly MeasuredConversion[];
  readonly remaining: readonly FindingJson[];
  readonly notes: readonly string[];
}

/** A result as the documents of the writing commands hold it. A dry run has written nothing. */
export function changeJson(result: ChangeResult): ChangeJson {
  const { source, status, change, seconds, applied, conversions, remaining, notes, out } = result;
  return {
    source,
    status,
    ...(change === undefined ? {} : { strategy: change.plan.strategy }),
    bytesWritten: change === undefined || status === 'planned' ? 0 : change.bytes,
    ...(change !== undefined && status === 'planned' ? { bytesPlanned: change.bytes } : {}),
    seconds: Math.round(seconds * 1000) / 1000,
    ...(out === undefined ? {} : { output: out }),
    applied: applied.map(({ rule, title }) => (rule === undefined ? { title } : { rule, title })),
    conversions,
    remaining: remaining.map(findingJson),
    notes,
  };
}

/** A result as text: what was done, at what cost, and what is left. */
export function renderChange(result: ChangeResult, page: Page): string {
  const { styles, width } = page;
  const line = (mark: string, text: string): string =>
    wrapText(text, width - 4)
      .map((part, index) => `${index === 0 ? `  ${mark} ` : '    '}${part}\n`)
      .join('');
  return [
    `${styles.heading(result.out === undefined ? result.source : `${result.source} → ${result.out}`)}\n`,
    ...result.applied.map(({ title }) => line(styles.good(result.status === 'planned' ? '·' : '✓'), title)),
    ...result.conversions.map((conversion) => line(' ', conversionText(conversion))),
    ...result.remaining.map((finding) => line(remainingMark(finding, page), remainingText(finding))),
    ...result.notes.map((note) => line(styles.warning('!'), note)),
    line(' ', styles.faint(costText(result))),
  ].join('');
}

/** The error that a conversion adds, in words. */
export function conversionText({ tensor, from, to, relativeRmse, isSampled }: MeasuredConversion): string {
  const sampled = isSampled ? ', measured on sampled rows' : '';
  return `${tensor}: ${from} → ${to} adds an error of ${percent(relativeRmse)} (RMSE relative to the tensor's${sampled})`;
}

function percent(share: number): string {
  return `${(share * 100).toPrecision(2)} %`;
}

function remainingMark({ severity }: Finding, { styles }: Page): string {
  return severity === 'error' ? styles.error('✗') : styles.warning('!');
}

function remainingText({ message, fix, rule }: Finding): string {
  const advice = fix === undefined ? '' : fixAdvice(fix);
  return `${message} [${rule}]${advice}`;
}

function fixAdvice({ safety, title }: NonNullable<Finding['fix']>): string {
  if (safety === 'safe') return '';
  return safety === 'manual' ? `. ${title}` : `. --unsafe would: ${title}`;
}

function costText({ status, change, seconds, notes }: ChangeResult): string {
  if (change === undefined) return notes.length > 0 ? 'nothing written' : NOTHING[status];
  const { plan, bytes } = change;
  const cost = `${formatBytes(bytes)} by ${plan.strategy}`;
  if (status === 'planned') return `would write ${cost}${growth(change)}`;
  return `wrote ${cost} in ${formatSeconds(seconds)}${growth(change)}`;
}

function growth({ plan: { oldSize, newSize } }: Pick<PlannedChange, 'plan'>): string {
  return oldSize === newSize ? '' : `, ${formatBytes(oldSize)} → ${formatBytes(newSize)}`;
}

const NOTHING: Readonly<Record<ChangeStatus, string>> = {
  clean: 'nothing to do',
  fixed: 'nothing to do',
  planned: 'nothing to do',
  partly: 'nothing written',
  failed: 'nothing written',
};
