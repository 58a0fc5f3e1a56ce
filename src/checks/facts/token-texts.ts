import type { Header } from '../../gguf/model.js';
import { decodeText } from '../../gguf/text.js';
import { TOKEN_TYPES, tokensEntry, tokenTypeReader } from './tokens.js';

/** The text of the token with this id; `undefined` where the vocabulary has no such token. */
export function tokenText(header: Header, id: number): string | undefined {
  for (const token of tokenBytes(header)) if (token.id === id) return decodeText(token.bytes.slice(0, MAX_TEXT));
  return undefined;
}

/** A token by the id and the text that it has. */
export interface NamedToken {
  readonly id: number;
  readonly text: string;
}

/** The longest token of type control or user-defined that `text` begins with: how llama.cpp would read it there. */
export function specialTokenAt(header: Header, text: string): NamedToken | undefined {
  const typeOf = tokenTypeReader(header);
  if (typeOf === undefined) return undefined;
  const start = new TextEncoder().encode(text.slice(0, MAX_TEXT));
  let best: { readonly id: number; readonly bytes: Uint8Array } | undefined;
  for (const token of tokenBytes(header)) {
    const { id, bytes } = token;
    if (bytes.byteLength === 0 || bytes.byteLength > start.byteLength || bytes[0] !== start[0]) continue;
    if (bytes.byteLength <= (best?.bytes.byteLength ?? 0) || !SPECIAL.has(typeOf(id) ?? 0)) continue;
    if (bytes.every((byte, at) => byte === start[at])) best = token;
  }
  return best && { id: best.id, text: decodeText(best.bytes) };
}

/** Most tokens of one type that are listed: a vocabulary has 256 byte tokens. */
const MAX_LISTED = 1024;

/** The tokens of a type, the first ones, in the order of their ids. */
export function tokensOfType(header: Header, type: number): NamedToken[] {
  const typeOf = tokenTypeReader(header);
  const found: NamedToken[] = [];
  if (typeOf === undefined) return found;
  for (const { id, bytes } of tokenBytes(header)) {
    if (typeOf(id) === type) found.push({ id, text: decodeText(bytes.subarray(0, MAX_TEXT)) });
    if (found.length === MAX_LISTED) break;
  }
  return found;
}

const SPECIAL: ReadonlySet<number> = new Set([TOKEN_TYPES.control, TOKEN_TYPES.userDefined]);

/** The longest text of a token that is looked at: markers have some 30 bytes. */
const MAX_TEXT = 512;

/** The tokens in the order of their ids, none of them decoded. */
function* tokenBytes(header: Header): Generator<{ readonly id: number; readonly bytes: Uint8Array }> {
  const entry = tokensEntry(header);
  if (entry === undefined) return;
  const { raw, count = 0 } = entry;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  let at = entry.valueAt;
  for (let id = 0; id < count; id += 1) {
    const end = at + 8 + view.getUint32(at, true);
    yield { id, bytes: raw.subarray(at + 8, end) };
    at = end;
  }
}
