import { spawnSync } from 'node:child_process';
import { existsSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../support/byte-writer.js';
import { gguf } from '../support/gguf-builder.js';
import { BINARY } from '../support/run-cli.js';
import { tempFile } from '../support/temp.js';

/** GNU time, which tells the peak memory of a process. */
const TIME = '/usr/bin/time';

const MAX_PEAK_KB = 200_000;
/** For a machine that is busy with other tests; alone it is about a second at most. */
const MAX_SECONDS = 10;

const HUGE = 2n ** 63n - 1n;

/** An entry whose key or value claims a length of its own. */
function entry(key: string, typeId: number, write: (bytes: ByteWriter) => void): Uint8Array {
  const bytes = new ByteWriter(true, 8);
  bytes.text(key);
  bytes.number('uint32', typeId);
  write(bytes);
  return bytes.whole();
}

const small = gguf().metadata('general.architecture', { type: 'string', value: 'llama' });

/** Headers that claim more than there is, in files of this size in bytes (with a hole, where it is large). */
const HOSTILE: readonly {
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly size?: number;
  readonly inspect?: number;
}[] = [
  { title: 'all the keys there can be', bytes: small.counts({ keys: HUGE }).bytes() },
  { title: 'all the tensors there can be', bytes: small.counts({ tensors: HUGE }).bytes() },
  { title: 'a billion keys of zeros', bytes: small.counts({ keys: 10n ** 9n }).bytes(), size: 2 ** 34 },
  { title: 'a billion tensors of zeros', bytes: small.counts({ tensors: 10n ** 9n }).bytes(), size: 2 ** 37 },
  {
    title: 'an endless string',
    bytes: small.rawEntry(entry('k', 8, (bytes) => bytes.number('uint64', HUGE))).bytes(),
    size: 2 ** 34,
  },
  {
    title: 'a string of 8 GiB that is there',
    bytes: small.rawEntry(entry('k', 8, (bytes) => bytes.number('uint64', 2n ** 33n))).bytes(),
    size: 2 ** 34,
  },
  {
    title: 'an array of a billion empty strings',
    bytes: small.metadata('k', { type: 'array', itemType: 'string', items: [], count: 10n ** 9n }).bytes(),
    size: 2 ** 34,
  },
  {
    title: 'an array of 2^61 numbers',
    bytes: small.metadata('k', { type: 'array', itemType: 'uint64', items: [], count: 2n ** 61n }).bytes(),
    size: 2 ** 34,
  },
  {
    title: 'a tensor of 2^63 weights',
    bytes: small.tensor('t', 'F32', [2n ** 31n, 2n ** 32n - 1n], { bytes: new Uint8Array(0) }).bytes(),
    // A header that can be read to its end is shown, with what is wrong with it.
    inspect: 0,
  },
];

describe.skipIf(!existsSync(TIME))(`hostile counts and lengths (skipped without ${TIME})`, () => {
  test.each(HOSTILE)('$title', ({ bytes, size, inspect = 3 }) => {
    const file = tempFile(bytes, 'bad.gguf');
    if (size !== undefined) truncateSync(file, size);
    for (const command of ['inspect', 'fix']) {
      const { status, stdout, stderr } = spawnSync(
        TIME,
        ['-f', '%M %e', process.execPath, BINARY, command, 'bad.gguf'],
        { cwd: path.dirname(file), encoding: 'utf8' },
      );
      const [peak, seconds] = stderr.trimEnd().split('\n').at(-1)!.split(' ').map(Number);
      expect(status).toBe(command === 'fix' ? 1 : inspect);
      expect(peak, 'KB of memory').toBeLessThan(MAX_PEAK_KB);
      expect(seconds, 'seconds').toBeLessThan(MAX_SECONDS);
      expect(`${stdout}${stderr}`).toContain('bad.gguf');
    }
  });
});
