import { specialToken } from '../../templates/special-token.js';
import { perHeader } from '../facts/per-header.js';
import { lex } from './lex.js';

/** The text of the BOS token that the file names; empty where it names none. */
export const bosText = perHeader((header) => specialToken(header, 'bos'));

/** Whether the first thing that a template prints outside its macros is BOS. */
export function beginsWithBos(text: string, bos: string): boolean {
  const isBos = (printed: string): boolean => bos !== '' && printed.trimStart().startsWith(bos);
  let previous = '';
  let macros = 0;
  for (const { kind, text: word } of lex(text)) {
    if (kind === 'operator' && (word === '-' || word === '+') && (previous === '{{' || previous === '{%')) continue;
    if (previous === '{%' && word === 'macro') macros += 1;
    if (previous === '{%' && word === 'endmacro') macros -= 1;
    const isPrinted = macros === 0 && (kind === 'text' ? word.trim() !== '' : previous === '{{');
    if (isPrinted) return kind === 'name' ? word === 'bos_token' : isBos(word);
    previous = kind === 'open' ? word : '';
  }
  return false;
}
