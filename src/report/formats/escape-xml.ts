import { plainText } from './plain-text.js';

/** Text for an element or an attribute in double quotes. */
export function escapeXml(text: string): string {
  return plainText(text).replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
