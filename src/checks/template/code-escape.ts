import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { eachTemplate } from './each-template.js';
import { lex } from './lex.js';

/** Words by which a template reaches out of its engine. */
interface Escape {
  readonly key: string;
  readonly words: readonly string[];
}

/** Names that no honest template uses: the ways from a value to the interpreter. */
const NAMES = new Set(['mro', 'subclasses', 'popen', 'builtins']);
const MOST_WORDS = 8;

/** A template that tries to run code in an engine that does not confine it. */
export const codeEscape = defineRule<Escape>({
  id: 'template/code-escape',
  severity: 'error',
  needs: 'header',
  affects: [],
  docs: {
    summary: 'A chat template does not reach for the inside of its engine.',
    why: 'An engine that renders templates without a sandbox, such as llama-cpp-python before 0.2.72 (CVE-2024-34359), then runs any command as soon as the file is loaded.',
    example: '`{{ ().__class__.__base__.__subclasses__() }}`.',
    remedy: 'Do not use the file. Tell the host that it came from, and take the model from its maker.',
    fix: 'None: the rest of such a file deserves no more trust than its template.',
    sources: ['CVE-2024-34359, GHSA-56xg-wfcc-g829'],
  },
  find: ({ header }) =>
    eachTemplate(header, ({ entry, text }) => {
      const words = wordsOf(text);
      return words.length === 0 ? undefined : { key: entry.key, words };
    }),
  describe: ({ key, words }) =>
    `${quoted(key)} reaches for the inside of its engine: ${words.map((word) => quoted(word)).join(', ')}; an engine without a sandbox runs what it says`,
});

function wordsOf(text: string): string[] {
  const words = new Set<string>();
  let previous = '';
  let isTag = false;
  for (const { kind, text: word } of lex(text)) {
    const isMember = previous === '.' || previous === '|';
    if (kind === 'open' || kind === 'close') isTag = word === '{%' && kind === 'open';
    const isStart = previous === '{%' || previous === '{%-';
    if (kind === 'name' && isEscape(word, isMember, previous, isTag && isStart)) words.add(word);
    if (kind === 'string' && isDunder(word)) words.add(word);
    if (words.size === MOST_WORDS) break;
    previous = previous === '{%' && (word === '-' || word === '+') ? '{%-' : kind === 'string' ? '' : word;
  }
  return [...words];
}

/** `mro` and the like only as members; a variable of any name is harmless. */
function isEscape(word: string, isMember: boolean, previous: string, isStatement: boolean): boolean {
  if (isDunder(word)) return true;
  if (isStatement) return word === 'import' || word === 'include' || word === 'extends' || word === 'from';
  return (isMember && NAMES.has(word)) || (previous === '|' && word === 'attr');
}

function isDunder(word: string): boolean {
  return word.length > 4 && word.startsWith('__') && word.endsWith('__') && /^[a-z_]+$/.test(word);
}
