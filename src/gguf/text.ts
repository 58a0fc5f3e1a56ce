import { createHash } from 'node:crypto';

/** `ignoreBOM` keeps a leading U+FEFF, which is part of the value. Invalid bytes become U+FFFD, for display only. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** UTF-8 bytes as text. Lossy for invalid UTF-8: never encode the result back in place of the bytes. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/**
 * Whether the bytes from `start` up to `end` are valid UTF-8. Makes nothing: a call of Node's own for each token of a
 * hostile vocabulary takes twenty times as long.
 */
export function isUtf8(bytes: Uint8Array, start = 0, end = bytes.byteLength): boolean {
  for (let at = start; at < end; ) {
    const length = sequenceLength(bytes[at] ?? 0);
    if (length === 0 || at + length > end || !isSequence(bytes, at, length)) return false;
    at += length;
  }
  return true;
}

/** Bytes of the character that begins so; 0 where none does. C0 and C1 would begin what is shorter otherwise. */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

/** Not so: too few continuation bytes, characters that are shorter otherwise, surrogates, and those above U+10FFFF. */
function isSequence(bytes: Uint8Array, at: number, length: number): boolean {
  for (let i = 1; i < length; i += 1) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return false;
  const [lead = 0, second = 0] = length < 3 ? [] : [bytes[at], bytes[at + 1]];
  if (lead === 0xe0) return second >= 0xa0;
  if (lead === 0xed) return second < 0xa0;
  if (lead === 0xf0) return second >= 0x90;
  return lead !== 0xf4 || second < 0x90;
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
