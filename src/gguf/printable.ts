/** C0 and C1 controls, line separators, spaces without width, and the marks that change the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/g;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text of a file on one line, with whatever could steer a terminal written as an escape: `\n`, `\u001b`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escapeOne);
}

/** As `printable`, but line breaks and tabs stay: for text that is shown whole. */
export function printableLines(text: string): string {
  return text.replace(UNPRINTABLE, (character) => (/[\n\t]/.test(character) ? character : escapeOne(character)));
}

/** Longest text of a file that a message repeats, in UTF-16 units. */
const MAX_EXCERPT = 120;

/** Text of a file for a message: as `printable`, and cut where it is absurdly long. */
export function excerpt(text: string): string {
  return printable(text.length > MAX_EXCERPT ? `${text.slice(0, MAX_EXCERPT - 1)}…` : text);
}

/** An `excerpt` in quotes. */
export function quoted(name: string): string {
  return `'${excerpt(name)}'`;
}

function escapeOne(character: string): string {
  return SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
