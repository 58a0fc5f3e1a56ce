import { expect, test } from 'vitest';
import { parseChecksums } from '../../src/sources/checksums.js';

const HASH = 'AB'.repeat(32);

test('reads both forms and leaves the rest out', () => {
  const text = `# made by hand\n${HASH}  a b.gguf\r\n${HASH} *dir/b.gguf\nSHA256 (c).gguf) = ${HASH}\nnonsense\n`;
  const sha256 = HASH.toLowerCase();
  expect(parseChecksums(text)).toEqual([
    { name: 'a b.gguf', sha256, line: 2 },
    { name: 'dir/b.gguf', sha256, line: 3 },
    { name: 'c).gguf', sha256, line: 4 },
  ]);
});

test('reads names with escapes, and a list that begins with a byte order mark', () => {
  const sha256 = HASH.toLowerCase();
  expect(parseChecksums(`\ufeff\\${HASH}  a\\\\b\\n.gguf\n`)).toEqual([{ name: 'a\\b\n.gguf', sha256, line: 1 }]);
});
