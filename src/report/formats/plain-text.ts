import { printable } from '../../gguf/printable.js';

/** Half of a character: no encoding has it, and XML, JSON readers and URIs refuse it. U+FFFE and U+FFFF are no characters. */
const NO_CHARACTER = /[\p{Cs}\ufffe\uffff]/gu;

/** Text of a file on one line of valid Unicode without controls: what every format escapes further in its own way. */
export function plainText(text: string): string {
  return printable(text).replace(NO_CHARACTER, '\ufffd');
}
