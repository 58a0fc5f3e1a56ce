/** Longest key and string that llama.cpp's override takes, in bytes: a C array of 128 with a zero at its end. */
export const MAX_OVERRIDE_BYTES = 127;

/** As many whole characters of a text as an override can carry. */
export function cutText(text: string): string {
  let cut = '';
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > MAX_OVERRIDE_BYTES) break;
    cut += character;
  }
  return cut;
}
