import type { Finding } from '../../checks/check.js';
import { verdictOf } from '../../checks/run.js';
import { type CheckedFile, summarize } from '../check.js';
import { findingDetails } from '../finding-lines.js';
import { formatAmount } from '../format.js';
import { codeHtml, escapeMarkdown } from './escape-markdown.js';
import { worstFirst } from './pick-findings.js';

/** Longest comment that GitHub takes, in characters. */
const MAX_CHARACTERS = 65_536;

/** Kept free for the notes on what was left out and for closing what is open. */
const RESERVE = 512;

/** Half of a comment may be table; the rest is for what was found. */
const MAX_TABLE_CHARACTERS = 32_768;

/** Begins every comment, so that the next run can find and replace it. */
const MARK = '<!-- ggufix check -->\n';

/** The run as a comment for a pull request or a step summary: counts, a table of files, and findings to unfold. */
export function renderMarkdown(files: readonly CheckedFile[]): string {
  const head = `${MARK}## ggufix check: ${headline(files)}\n`;
  if (files.length === 0) return head;
  const ranked = files.toSorted((a, b) => rankOf(a) - rankOf(b));
  const rows = fitting(ranked.map(rowOf), MAX_TABLE_CHARACTERS);
  const table = `\n| file | verdict | errors | warnings | infos |\n| :--- | :--- | ---: | ---: | ---: |\n${rows.join('')}`;
  const unlisted = cutNote(files.length - rows.length, 'more file', 'not listed');
  const room = MAX_CHARACTERS - RESERVE - head.length - table.length - unlisted.length;
  return `${head}${table}${unlisted}${detailsWithin(ranked, room)}`;
}

function headline(files: readonly CheckedFile[]): string {
  const { errors, warnings, infos } = summarize(files);
  const unread = files.filter((file) => 'error' in file).length;
  return [
    formatAmount(errors, 'error'),
    formatAmount(warnings, 'warning'),
    ...(infos > 0 ? [formatAmount(infos, 'info')] : []),
    ...(unread > 0 ? [`${formatAmount(unread, 'file')} not checked`] : []),
    `in ${formatAmount(files.length, 'file')}`,
  ].join(', ');
}

/** What could not be checked and what fails comes first: it must not be what is cut. */
function rankOf(file: CheckedFile): number {
  if ('error' in file) return 0;
  const severities = file.findings.map(({ severity }) => severity);
  return (['error', 'warning', 'info'] as const).findIndex((severity) => severities.includes(severity)) + 1 || 4;
}

function rowOf(file: CheckedFile): string {
  const name = codeHtml(file.source);
  if ('error' in file) return `| ${name} | not checked | | | |\n`;
  const { errors, warnings, infos } = summarize([file]);
  return `| ${name} | ${verdictOf(file.findings)} | ${errors} | ${warnings} | ${infos} |\n`;
}

/** Details of one file after the other, as many findings as there is room for. */
function detailsWithin(files: readonly CheckedFile[], room: number): string {
  let text = '';
  let left = 0;
  for (const file of files) {
    const { title, items } = detailsOf(file);
    if (items.length === 0) continue;
    const frame = `\n<details><summary>${title}</summary>\n\n\n</details>\n`;
    const shown = fitting(items, room - text.length - frame.length);
    left += items.length - shown.length;
    if (shown.length > 0) text += `\n<details><summary>${title}</summary>\n\n${shown.join('')}\n</details>\n`;
  }
  return `${text}${cutNote(left, 'more finding', 'not shown')}`;
}

function detailsOf(file: CheckedFile): { readonly title: string; readonly items: readonly string[] } {
  const { source } = file;
  const name = codeHtml(source);
  if ('error' in file) {
    const { code, message } = file.error;
    return { title: `${name}: not checked`, items: [`- ${escapeMarkdown(`${message} (${code})`)}\n`] };
  }
  const located = file.findings.map((finding) => ({ source, finding }));
  return {
    title: `${name}: ${formatAmount(file.findings.length, 'finding')}`,
    items: worstFirst(located).map(({ finding }) => itemOf(finding)),
  };
}

function itemOf(finding: Finding): string {
  const { rule, severity, message, place } = finding;
  return [
    `- **${severity}** ${escapeMarkdown(message)} (${codeHtml(rule)}, byte ${place.offset})\n`,
    ...findingDetails(finding).map((line) => `  - ${escapeMarkdown(line)}\n`),
  ].join('');
}

/** The first items that have room together. */
function fitting(items: readonly string[], room: number): string[] {
  let length = 0;
  const end = items.findIndex((item) => {
    length += item.length;
    return length > room;
  });
  return items.slice(0, end < 0 ? items.length : end);
}

function cutNote(left: number, thing: string, what: string): string {
  return left === 0 ? '' : `\n_${formatAmount(left, thing)} ${what}: a comment has room for 65,536 characters._\n`;
}
