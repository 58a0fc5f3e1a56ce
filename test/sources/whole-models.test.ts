import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { wholeModels } from '../../src/sources/whole-models.js';
import { tempFolder } from '../support/temp.js';

/** A folder with two shards of one model, another model and a base. */
function models(): (...names: readonly string[]) => string[] {
  const folder = tempFolder();
  mkdirSync(path.join(folder, 'q'));
  for (const name of ['q/a-00001-of-00002.gguf', 'q/a-00002-of-00002.gguf', 'q/b.gguf', 'q/bf16.gguf']) {
    writeFileSync(path.join(folder, name), '');
  }
  return (...names) => names.map((name) => path.join(folder, name));
}

describe('wholeModels', () => {
  test('a set of shards is its first one, however often it is named', async () => {
    const paths = models();
    const [first] = paths('q/a-00001-of-00002.gguf');
    expect(await wholeModels(paths('q/a-00002-of-00002.gguf'), [])).toEqual([first]);
    expect(await wholeModels(paths('q'), [])).toEqual(paths('q/a-00001-of-00002.gguf', 'q/b.gguf', 'q/bf16.gguf'));
  });

  test('the first shard is spelt as the one that is named', async () => {
    const [first, second] = ['/m/a-00001-of-00002.GGUF', '/m/a-00002-of-00002.GGUF'];
    expect(await wholeModels([second], [])).toEqual([first]);
  });

  test('a file that a folder brought along can be left out, one that was named cannot', async () => {
    const paths = models();
    expect(await wholeModels(paths('q'), paths('q/bf16.gguf'))).toEqual(paths('q/a-00001-of-00002.gguf', 'q/b.gguf'));
    expect(await wholeModels(paths('q'), paths('q/a-00002-of-00002.gguf'))).toEqual(paths('q/b.gguf', 'q/bf16.gguf'));
    expect(await wholeModels(paths('q/bf16.gguf'), paths('q/bf16.gguf'))).toEqual(paths('q/bf16.gguf'));
  });

  test('what leads nowhere stays', async () => {
    expect(await wholeModels(['/nowhere/x.gguf', '/nowhere/*.gguf'], [])).toEqual([
      '/nowhere/x.gguf',
      '/nowhere/*.gguf',
    ]);
  });
});
