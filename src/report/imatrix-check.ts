import { printable } from '../gguf/printable.js';
import type { CheckedImatrix } from '../quantizer/imatrix/check-imatrix.js';
import { type ImatrixProblem, type ImatrixSeverity, severityOf } from '../quantizer/imatrix/coverage.js';
import { describeImatrixProblem } from '../quantizer/imatrix/describe-problem.js';
import { formatAmount } from './format.js';
import type { ImatrixCheckJson } from './imatrix-documents.js';
import type { Page } from './styles.js';
import { wrapText } from './text-width.js';

/** An imatrix that was held against a model. */
export interface ImatrixCheck extends Pick<CheckedImatrix, 'problems'> {
  readonly imatrix: string;
  readonly model: string;
  /** Tensors that it has something of. */
  readonly entries: number;
  /** Name of the recipe that it was judged for; `undefined` for any. */
  readonly recipe: string | undefined;
}

const SEVERITIES: readonly ImatrixSeverity[] = ['aborts', 'worse', 'note'];

/** More problems of one severity than these hide the others. */
const MAX_SHOWN = 10;

/** The check as text: what ends a run first, then what costs quality, then what is as it must be; `all` leaves none out. */
export function renderImatrixCheck(check: ImatrixCheck, all: boolean, page: Page): string {
  const { styles, width } = page;
  const { imatrix, model, recipe, problems } = check;
  const task = recipe === undefined ? '' : ` as ${recipe}`;
  const marks = { aborts: styles.error('✗'), worse: styles.warning('!'), note: styles.faint('·') };
  const lines = SEVERITIES.flatMap((severity) => {
    const found = problems.filter((problem) => severityOf(problem) === severity);
    const shown = all ? found : found.slice(0, MAX_SHOWN);
    const rest = found.length - shown.length;
    return [
      ...shown.flatMap((problem) => marked(marks[severity], describeImatrixProblem(problem), width)),
      ...(rest === 0 ? [] : [`    and ${rest} more like these, --verbose shows them`]),
    ];
  });
  return [styles.heading(`${printable(imatrix)} for ${printable(model)}${task}`), ...lines, verdictText(check)]
    .map((line) => `${line}\n`)
    .join('');
}

function verdictText({ entries, problems }: ImatrixCheck): string {
  const count = (severity: ImatrixSeverity): number =>
    problems.filter((problem) => severityOf(problem) === severity).length;
  const [aborting, worse] = [count('aborts'), count('worse')];
  const ends = aborting === 0 ? 'nothing ends a run' : `${aborting} ${aborting === 1 ? 'ends' : 'end'} a run`;
  const costs = `${worse} ${worse === 1 ? 'costs' : 'cost'} quality`;
  return `${formatAmount(entries, 'tensor')}: ${ends}, ${costs}, ${formatAmount(count('note'), 'note')}`;
}

function marked(mark: string, text: string, width: number): string[] {
  return wrapText(text, width - 4).map((line, index) => `${index === 0 ? `  ${mark} ` : '    '}${line}`);
}

/** The check as its document holds it. */
export function imatrixCheckJson({ imatrix, model, recipe, entries, problems }: ImatrixCheck): ImatrixCheckJson {
  return {
    imatrix,
    model,
    recipe: recipe ?? null,
    entries,
    verdict: problems.some((problem) => severityOf(problem) === 'aborts') ? 'fail' : 'pass',
    problems: problems.map((problem) => ({
      severity: severityOf(problem),
      message: describeImatrixProblem(problem),
      ...fieldsOf(problem),
    })),
  };
}

function fieldsOf(problem: ImatrixProblem) {
  switch (problem.kind) {
    case 'non-finite':
      return { ...problem, value: `${problem.value}` };
    case 'uncounted':
      return { ...problem, first: [...problem.first] };
    case 'no-data':
      return { ...problem, tensors: [...problem.tensors] };
    case 'unmatched':
      return { ...problem, entries: [...problem.entries] };
    default:
      return problem;
  }
}
