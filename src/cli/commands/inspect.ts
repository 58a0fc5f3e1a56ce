import { Command } from 'commander';
import { GgufError } from '../../errors.js';
import { describeProblem } from '../../gguf/describe-problem.js';
import { fatalProblem, type Header } from '../../gguf/model.js';
import { readHeader } from '../../gguf/parse.js';
import type { ImatrixReport } from '../../report/imatrix.js';
import type { InspectDocument } from '../../report/schemas.js';
import { openFile } from '../../sources/file.js';
import { eachSource, type Outcome } from '../each-source.js';
import { failureJson, reportFailure } from '../errors.js';
import { addSharedFlags, append, examples, readFlags, type SharedFlags } from '../flags.js';
import { inspectDat, inspectImatrix } from '../inspect-imatrix.js';
import { noteJournal } from '../note-journal.js';
import type { Terminal } from '../terminal.js';

interface InspectFlags extends SharedFlags {
  readonly tensors: boolean;
  readonly keys: readonly string[];
  readonly full: boolean;
}

/** `ggufix inspect`: what a file says of itself. Reads headers only. */
export function inspectCommand(terminal: Terminal): Command {
  const command = new Command('inspect')
    .summary('show summary, metadata and tensors')
    .description(
      'Shows what GGUF files hold: a summary, what stands out, tensor types, metadata; of importance matrices, also old ones (.dat), what they are made of. Reads only the header; of an importance matrix with --tensors all values.',
    )
    .argument('<sources...>', 'files, folders or globs')
    .option('--tensors', 'list the tensors, and how much each counts in an importance matrix')
    .option('--keys <glob>', 'show only keys that match, such as "tokenizer.*" (repeatable)', append)
    .option('--full', 'show values whole: long text, all elements of arrays')
    .addHelpText(
      'after',
      examples([
        ['ggufix inspect model.gguf', 'the summary and all keys'],
        ['ggufix inspect model.gguf --keys "gemma3n.*"', 'the keys of one architecture'],
        ['ggufix inspect model.gguf --keys tokenizer.chat_template --full', 'the whole chat template'],
        ['ggufix inspect models/ --json', 'every model of a folder, for a program'],
      ]),
    )
    .action(async (sources: string[], given: unknown) => {
      await inspect(terminal, sources, inspectFlags(given));
    });
  return addSharedFlags(command);
}

function inspectFlags(given: unknown): InspectFlags {
  return readFlags(given, (reader) => ({
    tensors: reader.isSet('tensors'),
    keys: reader.list('keys'),
    full: reader.isSet('full'),
  }));
}

async function inspect(terminal: Terminal, sources: readonly string[], flags: InspectFlags): Promise<void> {
  const output = await (flags.json ? documentOutput(terminal, flags) : textOutput(terminal, flags));
  for await (const outcome of eachSource(terminal, sources, flags, (source) => read(source, terminal, flags))) {
    if (outcome.ok && 'failure' in outcome.value && outcome.value.failure !== undefined) {
      reportFailure(terminal, outcome.value.failure, { ...flags, source: outcome.source });
    }
    output.add(outcome);
  }
  output.end();
}

/** A header, why it ends early, if it does, and what it says as an importance matrix. */
interface ReadGguf {
  readonly header: Header;
  readonly failure: GgufError | undefined;
  readonly imatrix: ImatrixReport | undefined;
}

/** An importance matrix in the old format. */
interface ReadDat {
  readonly bytes: number;
  readonly imatrix: ImatrixReport;
}

type Read = ReadGguf | ReadDat;

/** Reads as much of a file as there is. Throws where that is nothing: no GGUF, a version that nobody reads. */
async function read(source: string, terminal: Terminal, { tensors }: InspectFlags): Promise<Read> {
  const depth = { values: tensors, signal: terminal.signal };
  await using file = await openFile(source);
  await noteJournal(terminal, source);
  const header = await readHeader(file, terminal.signal);
  await file.assertUnchanged();
  const fatal = fatalProblem(header);
  if (fatal === undefined) return { header, failure: undefined, imatrix: await inspectImatrix(file, header, depth) };
  const details = { at: fatal.place.offset, problem: fatal.code };
  const failure = new GgufError('header-unreadable', describeProblem(fatal), details);
  // The version is known only once magic and counts are sound.
  if (header.version !== 0) return { header, failure, imatrix: undefined };
  const imatrix = await inspectDat(file, depth);
  if (imatrix === undefined) throw failure;
  return { bytes: file.size, imatrix };
}

/** Where outcomes go, one after the other. */
interface Output {
  add(outcome: Outcome<Read>): void;
  end(): void;
}

async function textOutput(terminal: Terminal, flags: InspectFlags): Promise<Output> {
  // Each kind of output loads only what it needs: the rules cost as much time as a header does.
  const { renderInspect } = await import('../../report/inspect.js');
  const { renderDat } = await import('../../report/imatrix.js');
  const { standsOut } = await import('../../report/stands-out.js');
  const describe = flags.verbose ? (await import('../../report/type-descriptions.js')).typeDescriptions : undefined;
  let separator = '';
  return {
    add(outcome) {
      if (!outcome.ok) return;
      const { source, value } = outcome;
      if ('bytes' in value) {
        terminal.out(`${separator}${renderDat({ source, ...value }, terminal.stdout)}`);
      } else {
        const { header, imatrix } = value;
        const descriptions = describe === undefined ? {} : { descriptions: describe(header) };
        const report = { source, header, standsOut: standsOut(header), imatrix, ...descriptions };
        terminal.out(`${separator}${renderInspect(report, flags, terminal.stdout)}`);
      }
      separator = '\n';
    },
    end() {},
  };
}

async function documentOutput(terminal: Terminal, flags: InspectFlags): Promise<Output> {
  const { inspectedFile } = await import('../../report/inspect-json.js');
  const { imatrixJson } = await import('../../report/imatrix-json.js');
  const files: InspectDocument['files'] = [];
  return {
    add({ source, ...outcome }) {
      if (!outcome.ok) {
        files.push({ source, error: outcome.error });
        return;
      }
      if ('bytes' in outcome.value) {
        files.push({ source, bytes: outcome.value.bytes, imatrix: imatrixJson(outcome.value.imatrix) });
        return;
      }
      const { header, failure, imatrix } = outcome.value;
      files.push({
        ...inspectedFile(source, header, flags),
        ...(imatrix === undefined ? {} : { imatrix: imatrixJson(imatrix) }),
        ...(failure === undefined ? {} : { error: failureJson(failure) }),
      });
    },
    end() {
      const document: InspectDocument = { schema: 'ggufix.inspect/1', files };
      terminal.out(`${JSON.stringify(document, null, 2)}\n`);
    },
  };
}
