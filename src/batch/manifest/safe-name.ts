/**
 * A text as one name of a file or folder, the same on every system: what parts folders, steers a terminal or is forbidden
 * on Windows becomes `_`, as do dots that hide a file or lead upwards. A text that is safe comes back as it is. Pure.
 */
export function safeName(text: string): string {
  const name = text
    .replace(FORBIDDEN, '_')
    .replace(/\.{2,}/g, '_')
    .replace(/^\.|[. ]$|^ /g, '_');
  return RESERVED.test(name) ? `_${name}` : name;
}

/**
 * Controls, separators, what Windows forbids, halves of characters, spaces without width, line separators and the marks
 * that change the direction of text.
 */
const FORBIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what no name may have
  /[\u0000-\u001f\u007f-\u009f/\\<>:"|?*\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd\p{Surrogate}]/gu;

/** Devices of Windows, which are meant whatever ending follows. */
const RESERVED = /^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$) *(\.|$)/i;
