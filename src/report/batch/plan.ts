import type { BatchPlan } from '../../batch/plan/job.js';
import type { JobState } from '../../batch/run/job-states.js';
import { printable } from '../../gguf/printable.js';
import type { Column } from '../columns.js';
import { formatAmount, formatBytes } from '../format.js';
import type { Page } from '../styles.js';
import { renderTable } from '../table.js';
import { cutText, wrapText } from '../text-width.js';
import { type DiskNeed, planDocument } from './plan-json.js';
import type { BatchPlanDocument } from './plan-schema.js';

type JobJson = BatchPlanDocument['jobs'][number];

/** What a run would do: a line for each output, by model; what that comes to; what the user should know. */
export function renderPlan(plan: BatchPlan, states: ReadonlyMap<string, JobState>, disk: DiskNeed, page: Page): string {
  const { jobs, summary, notes } = planDocument(plan, states, disk);
  const rows = tableRows(
    jobs.filter(({ kind }) => kind === 'output'),
    page,
  );
  return [
    ...groupByModel(jobs).map((group) => groupText(group, rows, page)),
    jobs.length === 0 ? '' : '\n',
    totalsText(summary, page),
    ...notes.map((note) => `${page.styles.warning('!')} ${indented(note, page.width - 2, '  ')}`),
  ].join('');
}

function groupByModel(jobs: readonly JobJson[]): readonly (readonly JobJson[])[] {
  const groups = new Map<string, JobJson[]>();
  for (const job of jobs) groups.set(job.model, [...(groups.get(job.model) ?? []), job]);
  return [...groups.values()];
}

const INDENT = '  ';

const COLUMNS: readonly Column[] = [
  { title: '', max: 16 },
  { title: '', fills: true },
  { title: '', align: 'right' },
  { title: '' },
];

/** The line of each output, by its job's id. One table, so that columns stand below each other in all groups. */
function tableRows(outputs: readonly JobJson[], page: Page): ReadonlyMap<string, string> {
  const cells = outputs.map(({ model, state, output }) => [
    printable(output?.label ?? ''),
    printable(output?.isInPlace ? `${model}, in place` : (output?.path ?? '')),
    sizeText(output),
    STATE_TEXTS[state],
  ]);
  const lines = renderTable(COLUMNS, cells, { ...page, width: page.width - INDENT.length }).split('\n');
  return new Map(outputs.map(({ id }, index) => [id, lines[index] ?? '']));
}

const STATE_TEXTS: Readonly<Record<JobJson['state'], string>> = {
  done: 'done',
  'to-do': 'to do',
  again: 'again',
  blocked: 'blocked',
  cannot: 'cannot',
  skipped: 'left',
};

function sizeText(output: JobJson['output']): string {
  if (output === undefined || output.bytes === null) return '?';
  return `${output.isExact ? '' : '~'}${formatBytes(output.bytes)}`;
}

/** A model with one job needs no heading: its line says all. */
function groupText(jobs: readonly JobJson[], rows: ReadonlyMap<string, string>, page: Page): string {
  const { styles, width } = page;
  const shared = jobs.filter(({ kind }) => kind !== 'output');
  const outputs = jobs.filter(({ kind }) => kind === 'output');
  const [first] = jobs;
  const isAlone = jobs.length === 1 && shared.length === 0;
  const heading = isAlone ? '' : `${styles.heading(cutText(printable(first?.model ?? ''), width))}\n`;
  const needs = shared.map(({ kind, state }) => `${kind} (${STATE_TEXTS[state]})`).join(', ');
  const before = shared.length === 0 ? '' : styles.faint(`${INDENT}${indented(`first: ${needs}`, width - 2, INDENT)}`);
  const lines = outputs.map((job) => `${INDENT}${rows.get(job.id) ?? ''}\n${whyText(job, page)}`);
  return [heading, before, ...shared.map((job) => whyText(job, page)), ...lines].join('');
}

function whyText({ why, state }: JobJson, { styles, width }: Page): string {
  // The group has told already what it is blocked by.
  if (why === undefined || state === 'blocked' || state === 'skipped') return '';
  const mark = state === 'cannot' ? styles.error('✗') : styles.warning('!');
  return `${INDENT}${INDENT}${mark} ${indented(why, width - 6, '      ')}`;
}

/** Text of a file in lines of a width; `indent` is in front of all but the first. Ends with a newline. */
function indented(text: string, width: number, indent: string): string {
  return `${wrapText(printable(text), width).join(`\n${indent}`)}\n`;
}

function totalsText(summary: BatchPlanDocument['summary'], { styles, width }: Page): string {
  const { models, outputs, shared, bytes, bytesToDo, isExact, peakBytes, freeBytes } = summary;
  const about = isExact ? '' : '~';
  const lines = [
    `${formatAmount(sum(outputs), 'output')} of ${formatAmount(models, 'model')}: ${countsText(outputs)}`,
    ...(sum(shared) === 0 ? [] : [`${formatAmount(sum(shared), 'shared job')}: ${countsText(shared)}`]),
    `${about}${formatBytes(bytes)} of outputs, of which ${bytesToDo === 0 ? '' : about}${formatBytes(bytesToDo)} to do`,
  ];
  const isShort = peakBytes !== undefined && freeBytes !== undefined && peakBytes > freeBytes;
  const free = freeBytes === undefined ? '' : `, ${formatBytes(freeBytes)} are free`;
  const disk = peakBytes === undefined ? '' : `${formatBytes(peakBytes)} of disk needed at the peak${free}`;
  const text = lines.map((line) => indented(line, width, INDENT)).join('');
  return disk === '' ? text : `${text}${isShort ? styles.error(disk) : disk}\n`;
}

type Counts = BatchPlanDocument['summary']['outputs'];

function sum(counts: Counts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function countsText(counts: Counts): string {
  const parts = [
    [counts.done, 'done'],
    [counts['to-do'], 'to do'],
    [counts.again, 'again after a failure'],
    [counts.blocked, 'blocked'],
    [counts.cannot, 'cannot be done'],
    [counts.skipped, 'left alone'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return told.length === 0 ? 'nothing' : told.join(', ');
}
