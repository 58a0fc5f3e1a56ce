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

/** A string that equals another's iff the bytes are equal, also where they are no UTF-8. */
export function identityOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
