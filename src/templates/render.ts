import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import type { TemplateReply, TemplateRequest } from './protocol.js';
import { SAMPLES, type Sample } from './samples.js';
import type { TemplateRender } from './template-runs.js';

type Program = ReturnType<typeof parse>;

/** Longest list that `range` makes: a template counts messages, not millions. */
const MAX_RANGE = 100_000;

/** Longest error text that is handed back. */
const MAX_ERROR = 300;

/** Parses a template and renders the samples, telling each step. Runs in the child only. */
export function* tryTemplate(request: TemplateRequest): Generator<TemplateReply> {
  let program: Program;
  try {
    program = parse(tokenize(request.text, { lstrip_blocks: true, trim_blocks: true }));
  } catch (error) {
    yield { kind: 'parse-error', error: wordsOf(error) };
    return;
  }
  for (const sample of SAMPLES) yield { kind: 'render', render: renderSample(program, sample, request) };
  yield { kind: 'done' };
}

function renderSample(program: Program, sample: Sample, request: TemplateRequest): TemplateRender {
  try {
    const text = textOf(new Interpreter(environmentOf(sample, request)).run(program));
    if (text.length > request.maxOutput) return { sample: sample.name, outcome: 'too-large' };
    return { sample: sample.name, outcome: 'rendered', text: text.slice(0, request.maxText) };
  } catch (error) {
    if (error instanceof RangeTooLarge || isInvalidLength(error)) return { sample: sample.name, outcome: 'too-large' };
    return { sample: sample.name, outcome: 'failed', error: wordsOf(error) };
  }
}

/** The names that chat templates may rely on. The clock stands still, so that the text is always the same. */
function environmentOf({ variables }: Sample, { tokens }: TemplateRequest): Environment {
  const environment = new Environment();
  const names = { ...CONSTANTS, range, raise_exception: raise, strftime_now: fixedDate, ...tokens, ...variables };
  for (const [name, value] of Object.entries(names)) environment.set(name, value);
  return environment;
}

const CONSTANTS = { true: true, false: false, none: null, True: true, False: false, None: null };

class RangeTooLarge extends Error {}

function range(first: number, second?: number, step = 1): number[] {
  const [start, end] = second === undefined ? [0, first] : [first, second];
  const count = Math.max(0, Math.ceil((end - start) / step));
  if (count > MAX_RANGE) throw new RangeTooLarge(`a range of ${count} items`);
  return Array.from({ length: count }, (_, index) => start + index * step);
}

function raise(why: unknown): never {
  throw new Error(String(why));
}

function fixedDate(format: unknown): string {
  const parts: Readonly<Record<string, string>> = { Y: '2026', m: '01', d: '02', b: 'Jan', B: 'January', H: '00' };
  return String(format).replace(/%([a-zA-Z])/g, (_, letter: string) => parts[letter] ?? '00');
}

function textOf(result: unknown): string {
  const value = typeof result === 'object' && result !== null && 'value' in result ? result.value : result;
  return typeof value === 'string' ? value : '';
}

/** V8 refuses to make a string of more than half a gigabyte. */
function isInvalidLength(error: unknown): boolean {
  return error instanceof RangeError && /^Invalid (string|array) length/.test(error.message);
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, MAX_ERROR);
}
