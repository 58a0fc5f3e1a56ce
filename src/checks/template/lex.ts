/** One piece of a template. `at` is its index in the text. */
export interface Token {
  readonly kind: 'text' | 'open' | 'close' | 'name' | 'number' | 'string' | 'operator';
  /** As written; of a string what is between its quotes. */
  readonly text: string;
  readonly at: number;
}

/**
 * The pieces of a Jinja template, read but never executed, in linear time. Comments are left out. Text that no engine
 * would accept gives some pieces all the same: who hides something does not care for grammar.
 */
export function* lex(text: string): Generator<Token, void, void> {
  let at = 0;
  while (at < text.length) {
    const tag = nextTag(text, at);
    if (tag > at) yield { kind: 'text', text: text.slice(at, tag), at };
    if (tag === text.length) return;
    if (text[tag + 1] === '#') {
      at = after(text, '#}', tag + 2);
      continue;
    }
    const raw = matchAt(RAW, text, tag);
    if (raw !== undefined) {
      END_RAW.lastIndex = tag + raw.length;
      const end = END_RAW.exec(text);
      yield { kind: 'text', text: text.slice(tag + raw.length, end?.index), at: tag + raw.length };
      at = end === null ? text.length : END_RAW.lastIndex;
      continue;
    }
    yield { kind: 'open', text: text.slice(tag, tag + 2), at: tag };
    at = yield* lexTag(text, tag + 2, text[tag + 1] === '%' ? '%}' : '}}');
  }
}

const RAW = /\{%[-+]?\s*raw\s*[-+]?%\}/y;
const END_RAW = /\{%[-+]?\s*endraw\s*[-+]?%\}/g;
const SPACE = /\s+/y;
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

/** The pieces inside one tag; returns where the text goes on. */
function* lexTag(text: string, start: number, close: string): Generator<Token, number, void> {
  let at = start;
  let braces = 0;
  while (at < text.length) {
    const space = matchAt(SPACE, text, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    if (braces === 0 && text.startsWith(close, at)) {
      yield { kind: 'close', text: close, at };
      return at + close.length;
    }
    const token = tokenAt(text, at);
    if (token.text === '{') braces += 1;
    if (token.text === '}') braces = Math.max(0, braces - 1);
    yield token;
    at += token.text.length + (token.kind === 'string' ? 2 : 0);
  }
  return text.length;
}

function tokenAt(text: string, at: number): Token {
  const first = text[at]!;
  if (first === "'" || first === '"') return { kind: 'string', text: text.slice(at + 1, stringEnd(text, at)), at };
  const name = matchAt(NAME, text, at);
  if (name !== undefined) return { kind: 'name', text: name, at };
  const number = matchAt(NUMBER, text, at);
  if (number !== undefined) return { kind: 'number', text: number, at };
  const isPower = first === '*' && text[at + 1] === '*';
  return { kind: 'operator', text: isPower ? '**' : first, at };
}

function stringEnd(text: string, at: number): number {
  const quote = text[at];
  let end = at + 1;
  while (end < text.length && text[end] !== quote) end += text[end] === '\\' ? 2 : 1;
  return Math.min(end, text.length);
}

/** Where the next `{{`, `{%` or `{#` stands, or the text's end. */
function nextTag(text: string, from: number): number {
  let at = text.indexOf('{', from);
  while (at >= 0 && !'{%#'.includes(text[at + 1] ?? ' ')) at = text.indexOf('{', at + 1);
  return at < 0 ? text.length : at;
}

function after(text: string, word: string, from: number): number {
  const at = text.indexOf(word, from);
  return at < 0 ? text.length : at + word.length;
}

/** What a sticky pattern matches at an index. */
function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
