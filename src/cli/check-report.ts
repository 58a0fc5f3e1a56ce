import { RULES } from '../checks/index.js';
import { writeText } from '../edit/write-text.js';
import {
  type CheckedFile,
  type CheckTally,
  EMPTY_TALLY,
  renderCheckedFile,
  renderSummary,
  tallyWith,
} from '../report/check.js';
import type { CheckFlags } from './check-flags.js';
import { CHECK_FORMATS, type Output } from './check-outputs.js';
import { reportFailure } from './errors.js';
import type { Terminal } from './terminal.js';
import { packageVersion } from './version.js';

/** Takes the files of a run as they are checked and reports on them. */
export interface CheckReport {
  add(file: CheckedFile): void;
  /** Prints and writes what could only be made at the end. */
  end(): Promise<CheckTally>;
}

/** Prints the table while the run goes on, and keeps the findings only where another report needs them. */
export function startReport(terminal: Terminal, flags: CheckFlags): CheckReport {
  const isStreamed = ({ format, file }: Output): boolean => format === 'table' && file === undefined;
  const isTable = flags.outputs.some(isStreamed);
  const documents = flags.outputs.filter((output) => !isStreamed(output));
  const kept: CheckedFile[] = [];
  let tally = EMPTY_TALLY;
  return {
    add(file) {
      tally = tallyWith(tally, file);
      if (documents.length > 0) kept.push(lean(file));
      if (isTable && 'findings' in file && !(flags.quiet && file.findings.length === 0)) {
        terminal.out(renderCheckedFile(file.source, file.findings, terminal.stdout));
      }
    },
    async end() {
      if (isTable && !flags.quiet) terminal.out(renderSummary(tally, terminal.stdout));
      for (const document of documents) await writeReport(terminal, flags, document, kept);
      return tally;
    },
  };
}

/** A file as reports need it: the edits of fixes are not shown, and may hold on to the bytes of the header. */
function lean(file: CheckedFile): CheckedFile {
  if ('error' in file) return { source: file.source, error: file.error };
  const findings = file.findings.map(({ fix, ...rest }) =>
    fix === undefined ? rest : { ...rest, fix: { ...fix, edits: [] } },
  );
  return { ...file, findings };
}

/** A report that cannot be written is a failure and stops none of the others. */
async function writeReport(
  terminal: Terminal,
  flags: CheckFlags,
  { format, file }: Output,
  files: readonly CheckedFile[],
): Promise<void> {
  try {
    const text = CHECK_FORMATS[format]!(files, { version: packageVersion(), rules: RULES });
    if (file === undefined) terminal.out(text);
    else await writeText(file, text);
  } catch (error) {
    reportFailure(terminal, error, { ...flags, ...(file === undefined ? {} : { source: file }) });
  }
}
