import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { eachTemplate } from './each-template.js';
import { lex } from './lex.js';

/** A loop that is only there to take time. */
interface Giant {
  readonly key: string;
  /** The number in `range(…)`, as text: it may be beyond what JSON holds. */
  readonly count: string;
}

/** Honest templates count messages and tools. */
const MAX_COUNT = 1_000_000;

/** `range` of a number that no conversation has. */
export const giantRange = defineRule<Giant>({
  id: 'template/giant-range',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'A chat template makes no range of a million or more.',
    why: 'llama.cpp makes the list or walks it when the template is rendered: time and memory are gone before the first token.',
    example: '`{% for i in range(1000000000) %}x{% endfor %}`.',
    remedy: 'Take the template of the original model.',
    fix: 'None: what such a loop stands for is unknown.',
    sources: ['ggml-org/llama.cpp#24140'],
  },
  find: ({ header }) =>
    eachTemplate(header, ({ entry, text }) => {
      const count = giantCount(text);
      return count === undefined ? undefined : { key: entry.key, count };
    }),
  describe: ({ key, count }) =>
    `${quoted(key)} makes a range of ${quoted(count)} items, expected fewer than ${MAX_COUNT}: rendering it takes all time and memory`,
});

/** The first number inside `range(…)`, or power of one, that is too large. */
function giantCount(text: string): string | undefined {
  let previous = '';
  let depth = 0;
  let number: string | undefined;
  for (const { kind, text: word } of lex(text)) {
    if (kind === 'close') [depth, number] = [0, undefined];
    else if (depth > 0) {
      if (kind === 'number' && Number(word.replaceAll('_', '')) >= MAX_COUNT) return word;
      if (kind === 'number' && previous === '**' && number !== undefined) {
        if (Number(number) ** Number(word) >= MAX_COUNT) return `${number}**${word}`;
      }
      if (kind === 'number') number = word;
      if (kind === 'operator' && word === '(') depth += 1;
      if (kind === 'operator' && word === ')') depth -= 1;
    } else if (kind === 'operator' && word === '(' && previous === 'range') depth = 1;
    previous = kind === 'string' || kind === 'text' ? '' : word;
  }
  return undefined;
}
