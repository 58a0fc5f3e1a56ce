import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expandSets, expandSources } from '../../src/sources/expand.js';
import { tempFolder } from '../support/temp.js';

const home = process.cwd();
let folder: string;

beforeEach(() => {
  folder = tempFolder();
  process.chdir(folder);
  for (const name of [
    'b.gguf',
    'a.gguf',
    'readme.md',
    'sub/c.GGUF',
    'sub/deep/d.gguf',
    'odd[1].gguf',
    '.hidden.gguf',
  ]) {
    mkdirSync(path.dirname(name), { recursive: true });
    writeFileSync(name, '');
  }
});

afterEach(() => {
  process.chdir(home);
});

const namesOf = (...args: string[]): Promise<string[]> => namesBy(expandSources, args);

async function namesBy(expand: typeof expandSources, args: readonly string[]): Promise<string[]> {
  return (await expand(args)).map(({ source, error }) => (error === undefined ? source : `${error.code} ${source}`));
}

const native = (name: string): string => path.normalize(name);

describe('expandSources', () => {
  test('a folder is every .gguf in it, at any depth, sorted', async () => {
    const expected = ['a.gguf', 'b.gguf', 'odd[1].gguf', 'sub/c.GGUF', 'sub/deep/d.gguf'].map(native);
    expect(await namesOf('.')).toEqual(expected);
    expect(await namesOf(folder)).toEqual(expected.map((name) => path.join(folder, name)));
    expect(await namesOf('sub/')).toEqual(['sub/c.GGUF', 'sub/deep/d.gguf'].map(native));
  });

  test('a glob is what it matches, under the name that it was asked by', async () => {
    expect(await namesOf('*.gguf')).toEqual(['a.gguf', 'b.gguf', 'odd[1].gguf']);
    expect(await namesOf('sub/**/*.gguf')).toEqual([native('sub/deep/d.gguf')]);
    expect(await namesOf(path.join(folder, '[ab].gguf'))).toEqual(
      ['a.gguf', 'b.gguf'].map((name) => path.join(folder, name)),
    );
    process.chdir('sub');
    expect(await namesOf('../a.*')).toEqual([native('../a.gguf')]);
  });

  test('a file that exists is itself, even if its name looks like a glob', async () => {
    expect(await namesOf('odd[1].gguf', 'readme.md')).toEqual(['odd[1].gguf', 'readme.md']);
  });

  test('a path that does not exist is left to whoever opens it', async () => {
    expect(await namesOf('nope.gguf')).toEqual(['nope.gguf']);
  });

  test('what leads nowhere is an error in its place and stops none of the others', async () => {
    mkdirSync('empty');
    expect(await namesOf('empty', 'z*.gguf', 'a.gguf')).toEqual(['not-found empty', 'not-found z*.gguf', 'a.gguf']);
    const [item] = await expandSources(['empty']);
    expect(item?.error?.message).toBe('no .gguf file in folder empty');
  });

  test.each(['hf:owner/repo', 'hf.co/owner/repo:Q4_K_M', 'https://example.com/m.gguf', 'ollama:gemma3n'])(
    '%s is not supported yet',
    async (source) => {
      expect(await namesOf(source)).toEqual([`unavailable ${source}`]);
    },
  );

  test('a file that two arguments name comes once, where it came first', async () => {
    expect(await namesOf('b.gguf', './b.gguf', '*.gguf')).toEqual(['b.gguf', 'a.gguf', 'odd[1].gguf']);
  });

  test.skipIf(process.platform === 'win32')('links are followed, loops end', async () => {
    symlinkSync(folder, 'sub/loop');
    symlinkSync('../b.gguf', 'sub/link.gguf');
    const found = await namesOf('sub');
    expect(found).toContain('sub/link.gguf');
    expect(found.length).toBeLessThan(20);
  });
});

describe('expandSets', () => {
  const shard = (number: number): string => `m-0000${number}-of-00004.gguf`;
  const sets = (...args: string[]): Promise<string[]> => namesBy(expandSets, args);

  beforeEach(() => {
    for (const number of [1, 2, 4]) writeFileSync(shard(number), '');
  });

  test('a shard stands for all files of its set that are there, in their order', async () => {
    const all = [1, 2, 4].map(shard);
    expect(await sets(shard(2))).toEqual(all);
    expect(await sets('a.gguf', shard(4), shard(1), 'b.gguf', 'm-*.gguf')).toEqual(['a.gguf', ...all, 'b.gguf']);
    expect(await sets(path.join('sub', '..', shard(1)))).toEqual(all);
  });

  test('one that was asked for and is missing is one of them', async () => {
    expect(await sets(shard(3))).toEqual([1, 2, 3, 4].map(shard));
    expect(await sets('n-00002-of-00003.gguf')).toEqual(['n-00002-of-00003.gguf']);
  });

  test('of a set that claims more files than any has, the one that was asked for', async () => {
    writeFileSync('n-99998-of-99999.gguf', '');
    expect(await sets('n-99998-of-99999.gguf')).toEqual(['n-99998-of-99999.gguf']);
  });

  test('other files are themselves', async () => {
    expect(await sets('.')).toEqual(await namesOf('.'));
    expect(await sets('a.gguf', 'gone.gguf', 'no*.gguf')).toEqual(['a.gguf', 'gone.gguf', 'not-found no*.gguf']);
  });
});
