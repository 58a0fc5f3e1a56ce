import { Command } from 'commander';
import type { Need } from '../checks/evidence.js';
import { PROFILE_NAMES, type ProfileName } from '../checks/profiles.js';
import type { ConfigChoice } from '../config/open-configs.js';
import { badOption } from '../errors.js';
import { CHECK_FORMATS, type Output, parseOutputs } from './check-outputs.js';
import { addConfigFlags } from './config-flags.js';
import { addSharedFlags, append, examples, readFlags, type SharedFlags } from './flags.js';

/** Flags of `check`. */
export interface CheckFlags extends SharedFlags {
  readonly only: readonly string[];
  readonly ignore: readonly string[];
  readonly targets: readonly string[];
  readonly profile: ProfileName | undefined;
  /** What `--data` and `--engine` add to the profile. */
  readonly extraNeeds: readonly Need[];
  readonly outputs: readonly Output[];
  readonly maxWarnings: number | undefined;
  readonly baseline: string | undefined;
  readonly updateBaseline: boolean;
  readonly config: ConfigChoice;
}

/** The command without its action. */
export function makeCheckCommand(): Command {
  const formats = Object.keys(CHECK_FORMATS).join(', ');
  const command = new Command('check')
    .summary('report what is wrong with files')
    .description(
      'Runs the rules on files and reports what is wrong, where, and whom it hurts. Reads no tensor data unless --data or --profile upload asks for it.',
    )
    .argument('<sources...>', 'files, folders or globs')
    .option('--only <rule>', 'run only this rule or area, such as "container/*" (repeatable)', append)
    .option('--ignore <rule>', 'leave this rule or area out (repeatable)', append)
    .option('--target <runtime>', 'what must run the files: "ollama@0.9.6", "llama.cpp" (repeatable)', append)
    .option('--profile <name>', `what to look at: ${PROFILE_NAMES.join(', ')}`)
    .option('--data', 'scan the tensor data too')
    .option('--engine', 'load the files in llama.cpp too')
    .option('--format <format[=file]>', `${formats}; to stdout or a file (repeatable)`, append)
    .option('--max-warnings <n>', 'fail if there are more warnings than this')
    .option('--baseline <file>', 'accept the findings that this file knows')
    .option('--update-baseline', 'write what is found now to the baseline')
    .addHelpText(
      'after',
      examples([
        ['ggufix check model.gguf', 'check a file'],
        ['ggufix check models/ --json', 'check a folder, for a program'],
        ['ggufix check model.gguf --only "gemma3n/*"', 'one area of rules'],
        ['ggufix check model.gguf --target ollama@0.9.6', 'only what hurts this version'],
        ['ggufix check model.gguf --profile upload --max-warnings 0', 'a strict gate before an upload'],
      ]),
    );
  return addSharedFlags(addConfigFlags(command));
}

/** Reads what commander parsed. Throws `bad-option`. */
export function readCheckFlags(given: unknown): CheckFlags {
  const raw = readFlags(given, (reader) => ({
    only: reader.list('only'),
    ignore: reader.list('ignore'),
    targets: reader.list('target'),
    profile: reader.choice('profile', PROFILE_NAMES),
    data: reader.isSet('data'),
    engine: reader.isSet('engine'),
    formats: reader.list('format'),
    maxWarnings: reader.integer('maxWarnings', 0, Number.MAX_SAFE_INTEGER),
    baseline: reader.text('baseline'),
    updateBaseline: reader.isSet('updateBaseline'),
    config: reader.textOrOff('config'),
  }));
  if (raw.updateBaseline && raw.baseline === undefined) {
    throw badOption('--update-baseline needs --baseline FILE');
  }
  // Whatever did not run would be forgotten.
  if (raw.updateBaseline && raw.only.length + raw.ignore.length > 0) {
    throw badOption('--update-baseline writes what all rules find; leave --only and --ignore out');
  }
  const { data, engine, formats, ...flags } = raw;
  const extraNeeds: Need[] = [...(data ? (['data'] as const) : []), ...(engine ? (['engine'] as const) : [])];
  return { ...flags, extraNeeds, outputs: parseOutputs(formats, flags.json, raw.baseline) };
}
