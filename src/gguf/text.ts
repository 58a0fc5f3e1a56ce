import { createHash } from 'node:crypto';

/** `ignoreBOM` keeps a leading U+FEFF, which is part of the value. Invalid bytes become U+FFFD, for display only. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const strictDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** UTF-8 bytes as text. Lossy for invalid UTF-8: never encode the result back in place of the bytes. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Whether the bytes are valid UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    strictDecoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Text as UTF-8 bytes. */
export function encodeText(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

/** V8 hashes strings of more than 16,383 characters by their length alone: a map of many takes quadratic time. */
const MAX_PLAIN_IDENTITY = 1024;

/** A string that equals another's iff the bytes are equal, also where they are no UTF-8. */
export function identityOf(bytes: Uint8Array): string {
  // No byte reads as Ā, so a digest never equals the plain identity of another name.
  if (bytes.byteLength > MAX_PLAIN_IDENTITY) return `Ā${createHash('sha256').update(bytes).digest('hex')}`;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
