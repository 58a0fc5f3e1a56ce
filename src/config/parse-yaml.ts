import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { GgufError } from '../errors.js';
import { printable } from '../gguf/printable.js';
import { MAX_CONFIG_ALIASES } from '../limits.js';

/**
 * Reads the text of a YAML or JSON file that a user wrote. Throws `bad-option` with every problem in it, each as
 * `FILE:LINE:COLUMN: what`. An empty file is an empty object.
 */
export function parseYamlAs<S extends z.ZodType>(schema: S, text: string, file: string): z.output<S> {
  const lines = new LineCounter();
  const fail = (problems: readonly Located[]): never => refuse(file, lines, problems);
  const { document, repeated } = parseYaml(text, lines, fail);
  const syntax = document.errors.map(({ message, pos }) => ({ message, offset: pos[0] }));
  const faults = syntax.length > 0 ? syntax : repeated;
  if (faults.length > 0) return fail(faults);
  const result = schema.safeParse(toValue(document, fail) ?? {});
  return result.success ? result.data : fail(result.error.issues.flatMap((issue) => locate(document, issue)));
}

/** A problem and where in the text it is. */
interface Located {
  readonly message: string;
  readonly offset: number;
}

interface Parsed {
  readonly document: Document.Parsed;
  readonly repeated: readonly Located[];
}

type Fail = (problems: readonly Located[]) => never;

/** The parser of `yaml` calls itself for each level of nesting, and a hostile file has many. */
function parseYaml(text: string, lineCounter: LineCounter, fail: Fail): Parsed {
  try {
    // Its own search for repeated keys compares each with all before it: 17 s for 15,000 of them.
    const document = parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true, uniqueKeys: false });
    return { document, repeated: repeatedKeys(document) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return fail([{ message: 'too deeply nested', offset: 0 }]);
  }
}

function repeatedKeys(document: Document.Parsed): Located[] {
  const found: Located[] = [];
  visit(document, {
    Map: (_key, { items }) => {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value)) found.push({ message: 'Map keys must be unique', offset: key.range?.[0] ?? 0 });
        keys.add(key.value);
      }
    },
  });
  return found;
}

/** The document as plain data. Aliases that repeat each other could make gigabytes of a few lines. */
function toValue(document: Document.Parsed, fail: Fail): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_CONFIG_ALIASES });
  } catch (error) {
    const isBomb = error instanceof ReferenceError || error instanceof RangeError;
    if (!isBomb) throw error;
    // `yaml` says "Excessive alias count" of a bomb, and of an alias without an anchor which one it is.
    const isUnknown = error instanceof ReferenceError && /^Unresolved alias/.test(error.message);
    return fail([
      { message: isUnknown ? printable(error.message) : 'too many aliases, or too deeply nested', offset: 0 },
    ]);
  }
}

function locate(document: Document.Parsed, issue: z.core.$ZodIssue): Located[] {
  const { path, message } = issue;
  if (issue.code === 'invalid_union') {
    const meant = meantBranch(issue.errors);
    if (meant !== undefined)
      return meant.flatMap((inner) => locate(document, { ...inner, path: [...path, ...inner.path] }));
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, 1).map((key) => ({ message, offset: offsetOfKey(document, path, key) }));
  }
  if (issue.code === 'invalid_key') {
    const why = issue.issues.map((inner) => inner.message).join('; ');
    return [{ message: why, offset: offsetOfKey(document, path.slice(0, -1), String(path.at(-1))) }];
  }
  const where = path.length === 0 ? '' : `${path.map(String).join('.')}: `;
  return [{ message: `${where}${message}`, offset: offsetOf(document, path) }];
}

/**
 * The problems of the one form, of several that a value may have, which it was surely meant to have: it is right as a whole
 * and wrong inside, or at least of the right kind, or one that has forms of its own. `undefined` where none or several are.
 */
function meantBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const wrongInside = branches.filter((issues) => issues.every(({ path }) => path.length > 0));
  const rightKind = branches.filter((issues) => !issues.some(isWrongKind));
  // Several forms of one: they know together what was expected.
  const forms = branches.filter((issues) => issues.every(({ code }) => code === 'invalid_union'));
  return [wrongInside, rightKind, forms].find(({ length }) => length === 1)?.[0];
}

/** Whether the value is a text, say, where a list should be: none of the forms that it could have there is one of texts. */
function isWrongKind(issue: z.core.$ZodIssue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_union') return issue.errors.every((branch) => branch.some(isWrongKind));
  return issue.code === 'invalid_type';
}

/** Of the value at a path, or of the nearest thing around it that is there. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = nodeAt(document, path.slice(0, length));
    if (node?.range) return node.range[0];
  }
  return document.contents?.range[0] ?? 0;
}

function offsetOfKey(document: Document.Parsed, path: readonly PropertyKey[], key: string): number {
  const map = nodeAt(document, path);
  const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key) : undefined;
  return isScalar(pair?.key) && pair.key.range ? pair.key.range[0] : offsetOf(document, path);
}

function nodeAt(document: Document.Parsed, path: readonly PropertyKey[]): Node | undefined {
  // With `true` it gives nodes, not values; the declaration does not say so.
  const found = document.getIn(path, true) as Node | undefined;
  return path.length === 0 ? (document.contents ?? undefined) : found;
}

function refuse(file: string, lines: LineCounter, problems: readonly Located[]): never {
  const texts = problems.slice(0, MAX_PROBLEMS_SHOWN).map(({ message, offset }) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}: ${printable(message.slice(0, MAX_MESSAGE))}`;
  });
  throw new GgufError('bad-option', texts.join('\n'), { problems: texts });
}

/** A file with more is not what it is taken for. */
const MAX_PROBLEMS_SHOWN = 20;

/** Longer than every message of ours; only what it repeats of the file can be longer. */
const MAX_MESSAGE = 300;
