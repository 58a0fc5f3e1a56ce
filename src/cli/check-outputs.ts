import path from 'node:path';
import { badOption } from '../errors.js';
import { type CheckedFile, EMPTY_TALLY, renderCheckedFile, renderSummary, tallyWith } from '../report/check.js';
import { RENDERERS, type RenderCheck } from '../report/formats/render-check.js';
import { type Page, PLAIN } from '../report/styles.js';
import { DEFAULT_WIDTH } from './terminal.js';

/** Every format of `check`. */
export const CHECK_FORMATS: Readonly<Record<string, RenderCheck>> = {
  table: (files) => tableText(files, { width: DEFAULT_WIDTH, styles: PLAIN }),
  ...RENDERERS,
};

/** A report that was asked for. */
export interface Output {
  readonly format: string;
  /** Where it goes; absent for stdout. */
  readonly file?: string;
}

/**
 * The reports that `--format F[=FILE]` and `--json` ask for. Something always goes to stdout: the table where nothing
 * else does. Throws `bad-option` for unknown formats and where two reports go to one place, or one to the file `taken`.
 */
export function parseOutputs(given: readonly string[], isJson: boolean, taken?: string): readonly Output[] {
  const outputs = [...given.map(parseOutput), ...(isJson ? [{ format: 'json' }] : [])];
  const wanted = [...new Map(outputs.map((output) => [`${output.format}=${output.file ?? ''}`, output])).values()];
  const others = taken === undefined ? [] : [path.resolve(taken)];
  const places = [...others, ...wanted.map(({ file }) => (file === undefined ? 'stdout' : path.resolve(file)))];
  const twice = places.find((place, index) => places.indexOf(place) < index);
  if (twice !== undefined)
    throw badOption(`two things would be written to ${twice}; write one of them to a file: --format F=FILE`);
  return wanted.some(({ file }) => file === undefined) ? wanted : [{ format: 'table' }, ...wanted];
}

function parseOutput(text: string): Output {
  const at = text.indexOf('=');
  const [format, file] = at < 0 ? [text, '-'] : [text.slice(0, at), text.slice(at + 1)];
  const known = Object.keys(CHECK_FORMATS);
  if (!known.includes(format)) throw badOption(`no format is called '${format}'; known are ${known.join(', ')}`);
  if (file === '') throw badOption(`--format ${text} names no file`);
  return file === '-' ? { format } : { format, file };
}

function tableText(files: readonly CheckedFile[], page: Page): string {
  const texts = files.map((file) => ('findings' in file ? renderCheckedFile(file.source, file.findings, page) : ''));
  return `${texts.join('')}${renderSummary(files.reduce(tallyWith, EMPTY_TALLY), page)}`;
}
