import { describeProblem } from '../gguf/describe-problem.js';
import { type Problem, type ProblemCode, REJECTED_BY } from '../gguf/problems.js';
import { defineRule, type Rule, type Severity } from './check.js';

/** A rule about what the parser itself notices: each problem with one of `codes` is a finding. */
interface ProblemRule<C extends ProblemCode> extends Pick<Rule<Problem<C>>, 'affects' | 'docs' | 'fix'> {
  readonly id: `container/${string}`;
  readonly codes: readonly C[];
  /** Where absent, it follows from who rejects such files: nobody means a warning. */
  readonly severity?: Severity;
}

/** Makes a rule of the parser's problems. */
export function problemRule<C extends ProblemCode>({ codes, ...rest }: ProblemRule<C>): Rule {
  return defineRule<Problem<C>>({
    severity: severityOf(codes),
    ...rest,
    needs: 'header',
    *find({ header }) {
      for (const data of problemsOf(header.problems, codes)) yield { place: data.place, data };
    },
    describe: describeProblem,
  });
}

/** The problems with one of these codes, in file order. */
export function problemsOf<C extends ProblemCode>(problems: readonly Problem[], codes: readonly C[]): Problem<C>[] {
  const wanted: readonly ProblemCode[] = codes;
  // The code of a problem decides what its data is.
  return problems.filter(({ code }) => wanted.includes(code)) as Problem<C>[];
}

function severityOf(codes: readonly ProblemCode[]): Severity {
  return codes.every((code) => REJECTED_BY[code] === 'nobody') ? 'warning' : 'error';
}
