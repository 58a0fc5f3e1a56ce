/** Characters that take no column: combining marks, joiners, variation selectors. */
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

/** Characters that take two columns: CJK, Hangul syllables, full-width forms, emoji. */
const DOUBLE_WIDTH =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\p{Emoji_Presentation}\u{20000}-\u{3fffd}]$/u;

const ASCII = /^[\x20-\x7e]*$/;

/** Colours and the like, which `Styles` put around text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what such a code begins with
const STYLE_CODE = /\u001b\[[\d;]*m/g;

/** Columns that text without control characters takes in a terminal; style codes take none. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text.replace(STYLE_CODE, '')) width += characterWidth(character);
  return width;
}

/** Text without style codes, cut to at most `width` columns; `…` at the end tells that something is missing. */
export function cutText(text: string, width: number): string {
  let used = 0;
  let kept = '';
  let cut = '';
  for (const character of text) {
    used += characterWidth(character);
    if (used > width) return `${cut}…`;
    kept += character;
    // Room is left for the ellipsis, should more follow.
    if (used < width) cut = kept;
  }
  return kept;
}

/** Text broken into lines of at most `width` columns, between words where that can be done. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((part) => breakWord(part, width))) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (line === '' || displayWidth(joined) <= width) {
      line = joined;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

function breakWord(word: string, width: number): string[] {
  if (displayWidth(word) <= width) return [word];
  const parts = [''];
  for (const character of word) {
    const longer = `${parts.at(-1)}${character}`;
    if (displayWidth(longer) <= width) parts[parts.length - 1] = longer;
    else parts.push(character);
  }
  return parts;
}

function characterWidth(character: string): number {
  if (character >= ' ' && character <= '~') return 1;
  if (ZERO_WIDTH.test(character)) return 0;
  return DOUBLE_WIDTH.test(character) ? 2 : 1;
}
