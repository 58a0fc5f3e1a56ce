/** What a file is that does not begin with `GGUF`, if its first bytes tell. */
export function sniff(head: Uint8Array): string | undefined {
  if (head.byteLength === 0) return 'an empty file';
  const text = Buffer.from(head.subarray(0, 512)).toString('latin1');
  if (text.startsWith('version https://git-lfs')) return describeLfsPointer(text);
  if (/^\s*(<!doctype|<html|<\?xml|<head)/i.test(text)) return 'an HTML or XML page, probably an error page';
  return BINARY_SIGNATURES.find(({ test }) => test(head, text))?.name;
}

interface Signature {
  readonly name: string;
  readonly test: (head: Uint8Array, text: string) => boolean;
}

const startsWith =
  (prefix: string) =>
  (_head: Uint8Array, text: string): boolean =>
    text.startsWith(prefix);

const BINARY_SIGNATURES: readonly Signature[] = [
  { name: 'a GGUF file with its magic byte-swapped', test: startsWith('FUGG') },
  { name: 'a file whose magic is lower case', test: startsWith('gguf') },
  { name: 'an old GGML file (ggml, before GGUF)', test: startsWith('lmgg') },
  { name: 'an old GGML file (ggmf, before GGUF)', test: startsWith('fmgg') },
  { name: 'an old GGML file (ggjt, before GGUF)', test: startsWith('tjgg') },
  { name: 'an old GGML adapter (ggla, before GGUF)', test: startsWith('algg') },
  { name: 'a zip archive, perhaps a PyTorch checkpoint', test: startsWith('PK\x03\x04') },
  { name: 'a gzip archive', test: startsWith('\x1f\x8b') },
  { name: 'a Python pickle', test: (head) => head[0] === 0x80 && (head[1] ?? 9) <= 5 },
  { name: 'a safetensors file', test: isSafetensors },
  { name: 'JSON text', test: (_head, text) => /^\s*[{[]\s*"/.test(text) },
  {
    name: 'nothing but zero bytes, as an unfinished download leaves',
    test: (head) => head.every((byte) => byte === 0),
  },
];

function describeLfsPointer(text: string): string {
  const size = /^size (\d+)/m.exec(text)?.[1];
  return `a Git LFS pointer, not the file itself${size === undefined ? '' : ` (which has ${size} bytes)`}`;
}

/** safetensors: u64 length of a JSON header, then `{"`. */
function isSafetensors(head: Uint8Array, text: string): boolean {
  return head.byteLength >= 10 && text.slice(8, 10) === '{"';
}
