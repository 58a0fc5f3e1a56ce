import { plainText } from './plain-text.js';

/** Text of a file in code style. HTML, for it stands in table cells and summaries too, where backquotes end or fail. */
export function codeHtml(text: string): string {
  return `<code>${escapeMarkdown(text)}</code>`;
}

/** As `codeHtml`, but in backquotes where nothing in the text minds: easier to read in the source of a table. */
export function codeText(text: string): string {
  return /^[\w.+/-]+$/.test(text) ? `\`${text}\`` : codeHtml(text);
}

/** What means something in Markdown, HTML, a table cell or a formula; references for it mean nothing anywhere. */
const SPECIAL = /[&<>"'`*_[\]|~\\$:@#]|(?<=www)\./gi;

/**
 * Text of a file that shows as it is: no markup, no image, no link, no mention. References to people and issues are made
 * of the text as shown, so an invisible word joiner keeps them apart.
 */
export function escapeMarkdown(text: string): string {
  return plainText(text).replace(SPECIAL, (character) => {
    const reference = `&#${character.charCodeAt(0)};`;
    return character === '@' || character === '#' ? `${reference}&#8288;` : reference;
  });
}
