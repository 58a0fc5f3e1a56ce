import { Command, CommanderError } from 'commander';
import { reportFailure } from './errors.js';
import { EXIT } from './exit.js';
import type { Terminal } from './terminal.js';
import { packageVersion } from './version.js';

type MakeCommand = (terminal: Terminal) => Command;

/** Every command by its name, loaded when it is called. Adding one is one line here and one file in `commands/`. */
export const COMMANDS: Readonly<Record<string, () => Promise<MakeCommand>>> = {
  inspect: async () => (await import('./commands/inspect.js')).inspectCommand,
  check: async () => (await import('./commands/check.js')).checkCommand,
  fix: async () => (await import('./commands/fix.js')).fixCommand,
  quantize: async () => (await import('./commands/quantize.js')).quantizeCommand,
  requantize: async () => (await import('./commands/requantize.js')).requantizeCommand,
  split: async () => (await import('./commands/split.js')).splitCommand,
  imatrix: async () => (await import('./commands/imatrix.js')).imatrixCommand,
  recipe: async () => (await import('./commands/recipe.js')).recipeCommand,
  batch: async () => (await import('./commands/batch.js')).batchCommand,
  meta: async () => (await import('./commands/meta.js')).metaCommand,
  undo: async () => (await import('./commands/undo.js')).undoCommand,
  recover: async () => (await import('./commands/recover.js')).recoverCommand,
  evaluate: async () => (await import('./commands/evaluate.js')).evaluateCommand,
  explain: async () => (await import('./commands/explain.js')).explainCommand,
  demo: async () => (await import('./commands/demo.js')).demoCommand,
};

/** Runs one command line (without `node` and the script) to its end. Sets the exit code, never exits. */
export async function main(argv: readonly string[], terminal: Terminal): Promise<void> {
  try {
    const program = makeProgram(terminal);
    for (const load of commandsFor(argv)) adopt(program, (await load())(terminal));
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) terminal.setExit(error.exitCode === 0 ? EXIT.clean : EXIT.usage);
    else reportFailure(terminal, error, { verbose: argv.includes('--verbose') || argv.includes('-v') });
  }
}

/** Only what is called, so that a command starts fast; everything for help and for names that do not exist. */
function commandsFor([first = '']: readonly string[]): readonly (() => Promise<MakeCommand>)[] {
  if (VERSION_FLAGS.includes(first)) return [];
  const called = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  return called === undefined ? Object.values(COMMANDS) : [called];
}

const VERSION_FLAGS: readonly string[] = ['-V', '--version'];

function makeProgram(terminal: Terminal): Command {
  return new Command('ggufix')
    .description('Inspects, checks, repairs and quantizes GGUF model files.')
    .version(packageVersion(), VERSION_FLAGS.join(', '), 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .usage('<command> <source...> [flags]')
    .addHelpText('after', `\n${EXIT_HELP}`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      getOutHelpWidth: () => terminal.stdout.width,
      getErrHelpWidth: () => terminal.stderr.width,
      outputError: (text, write) => write(text.replace(/^error: /, 'ggufix: ')),
    });
}

const EXIT_HELP = `Exit codes:
  0    done, nothing wrong
  1    findings of severity error, or something left unfixed
  2    the command line is wrong
  3    could not read, write or parse; nothing was changed
  4    a batch finished with some jobs failed
  130  interrupted; nothing half-written remains`;

/** Adds a command and hands output and exit behaviour down to it and its own subcommands. */
function adopt(parent: Command, command: Command): void {
  parent.addCommand(inherit(command, parent, `${parent.name()} ${command.name()}`));
  for (const child of command.commands) inherit(child, command, `${parent.name()} ${command.name()} ${child.name()}`);
}

function inherit(command: Command, parent: Command, call: string): Command {
  return command.copyInheritedSettings(parent).showHelpAfterError(`(${call} --help explains the flags)`);
}
