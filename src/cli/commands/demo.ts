import { copyFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { GgufError } from '../../errors.js';
import { type Proof, proveSameAnswers } from '../../quantizer/prove.js';
import { compareTensors, type TensorComparison } from '../../repair/compare-tensors.js';
import { formatAmount } from '../../report/format.js';
import { wrapText } from '../../report/text-width.js';
import { EXIT, type ExitCode } from '../exit.js';
import { addSharedFlags, examples, readFlags, type SharedFlags } from '../flags.js';
import { main } from '../main.js';
import type { Terminal } from '../terminal.js';

/** The broken model that the package ships. Relative to `dist/cli/commands`. */
const MODEL = new URL('../../../fixtures/demo/gemma-3n-demo-Q4_K_M.gguf', import.meta.url);

/** `ggufix demo`: the main job on the bundled model, step by step. */
export function demoCommand(terminal: Terminal): Command {
  const command = new Command('demo')
    .summary('repair the bundled broken model, step by step')
    .description(
      'Copies a small Gemma 3n with both documented defects, checks it, fixes it, checks it again, and loads both in llama.cpp where that is installed.',
    )
    .argument('[folder]', 'where to leave the model (default: a folder that is removed at the end)')
    .addHelpText(
      'after',
      examples([
        ['ggufix demo', 'see it work'],
        ['ggufix demo .', 'and keep the files'],
      ]),
    )
    .action(async (folder: string | undefined, given: unknown) => {
      const flags = readFlags(given, () => ({}));
      await inFolder(folder, (place) => demo(terminal, place, flags));
    });
  return addSharedFlags(command);
}

async function inFolder(folder: string | undefined, work: (place: string) => Promise<void>): Promise<void> {
  if (folder !== undefined) return await work(folder);
  const made = await mkdtemp(path.join(tmpdir(), 'ggufix-demo-'));
  try {
    await work(made);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

async function demo(terminal: Terminal, folder: string, flags: SharedFlags): Promise<void> {
  const original = path.join(folder, 'gemma-3n-demo.original.gguf');
  const model = path.join(folder, 'gemma-3n-demo.gguf');
  for (const file of [original, model]) await copyNew(file);
  const say = (text: string): void => {
    if (!flags.json) terminal.out(`${wrapText(text, terminal.stdout.width).join('\n')}\n`);
  };
  const steps: Step[] = [];
  for (const { title, argv, expected } of stepsFor(model)) {
    say(`\n${terminal.stdout.styles.heading(`${steps.length + 1}. ${title}`)}`);
    const step = await runStep(terminal, argv, expected, flags.json);
    steps.push(step);
  }
  say(`\n${terminal.stdout.styles.heading(`${steps.length + 1}. The proof`)}`);
  const tensors = await compareTensors(original, model);
  say(tensorText(tensors));
  const proof = await proveSameAnswers(original, model, terminal.signal);
  say(proofText(proof));
  const isGood = steps.every(({ isExpected }) => isExpected) && tensors.different.length === 1 && isNoObjection(proof);
  if (flags.json) {
    const documents = steps.map(({ command, exitCode, document }) => ({ command, exitCode, document }));
    const untouched = { same: tensors.same.length, different: tensors.different };
    terminal.out(
      `${JSON.stringify({ schema: 'ggufix.demo/1', steps: documents, tensors: untouched, proof }, null, 2)}\n`,
    );
  }
  say(isGood ? '\nThe model is repaired.' : '\nSomething is not as it should be.');
  if (!isGood) terminal.setExit(EXIT.findings);
}

async function copyNew(file: string): Promise<void> {
  if ((await stat(file).catch(() => undefined)) !== undefined) {
    const why = 'it exists already';
    throw new GgufError('not-writable', `will not write ${file}: ${why}`, { path: file, why });
  }
  await copyFile(MODEL, file);
}

/** One command of the demo, and the exit code that it must have. */
interface PlannedStep {
  readonly title: string;
  readonly argv: readonly string[];
  readonly expected: ExitCode;
}

function stepsFor(model: string): readonly PlannedStep[] {
  return [
    { title: 'A broken model', argv: ['inspect', model, '--keys', 'gemma3n.attention.*'], expected: EXIT.clean },
    { title: 'What is wrong with it', argv: ['check', model], expected: EXIT.findings },
    { title: 'Repair it in place', argv: ['fix', model], expected: EXIT.clean },
    { title: 'No error is left', argv: ['check', model], expected: EXIT.clean },
  ];
}

/** One command that was run. */
interface Step {
  readonly command: string;
  readonly exitCode: number;
  readonly isExpected: boolean;
  /** What it printed with `--json`. */
  readonly document: unknown;
}

/** Runs a command as the user would, in this process: its exit code is the demo's affair, not the process's. */
async function runStep(terminal: Terminal, argv: readonly string[], expected: ExitCode, json: boolean): Promise<Step> {
  let exitCode: number = EXIT.clean;
  let printed = '';
  const stage: Terminal = {
    ...terminal,
    out(text) {
      if (json) printed += text;
      else terminal.out(text);
    },
    setExit(code) {
      exitCode = Math.max(exitCode, code);
    },
  };
  const command = `ggufix ${argv.join(' ')}`;
  if (!json) terminal.out(`${terminal.stdout.styles.faint(`$ ${command}`)}\n`);
  await main(json ? [...argv, '--json'] : argv, stage);
  terminal.signal.throwIfAborted();
  return { command, exitCode, isExpected: exitCode === expected, document: json ? JSON.parse(printed) : undefined };
}

function tensorText({ same, different }: TensorComparison): string {
  return `${formatAmount(same.length, 'tensor')} kept their bytes (sha256); changed: ${different.join(', ') || 'none'}.`;
}

function proofText(proof: Proof): string {
  switch (proof.kind) {
    case 'unavailable':
      return `llama.cpp was not asked: ${proof.why}.`;
    case 'not-loaded':
      return `${proof.file}: ${proof.why}`;
    default: {
      const { llama, logits } = proof;
      const found = `llama.cpp ${llama.llamaVersion} loads it: ${llama.keyCount} keys, ${llama.tensorCount} tensors, ${llama.layers} layers.`;
      const answers = `Same prompt, before and after: the same most likely token at ${logits.sameTopToken} of ${logits.positions} positions, KL divergence ${logits.meanKl.toPrecision(2)} nats, which is what requantizing one tensor does.`;
      return proof.kind === 'same-answers'
        ? `${found} ${answers}`
        : `${found} But its answers differ: KL divergence ${logits.meanKl.toPrecision(2)} nats.`;
    }
  }
}

/** A machine without llama.cpp cannot object. */
function isNoObjection({ kind }: Proof): boolean {
  return kind === 'same-answers' || kind === 'unavailable';
}
