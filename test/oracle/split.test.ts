import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { dataPath, describeWithData } from '../support/data.js';
import { gguf } from '../support/gguf-builder.js';
import { describeWithTools, hashesOfTensors, runTool } from '../support/llama-tools.js';
import { smallModel } from '../support/models.js';
import { runBinary, runCli } from '../support/run-cli.js';
import { tempFile, tempFolder } from '../support/temp.js';

type Limits = readonly [ours: readonly string[], theirs: readonly string[]];

/** The same limits in our words and in those of llama-gguf-split. */
const bySize = (size: string): Limits => [
  ['--max-size', size],
  ['--split-max-size', size],
];
const byCount = (count: number): Limits => [
  ['--max-tensors', `${count}`],
  ['--split-max-tensors', `${count}`],
];
const metadataFirst = ([ours, theirs]: Limits): Limits => [
  [...ours, '--no-tensor-first'],
  [...theirs, '--no-tensor-first-split'],
];

/** Splits a file with both programs; the folders hold nothing but the shards, which are called `m`. */
async function splitTwice(file: string, [ours, theirs]: Limits): Promise<readonly [string, string]> {
  const folders = [tempFolder(), tempFolder()] as const;
  const { err, exit } = await runCli(['split', file, path.join(folders[0], 'm'), '--threads', '0', ...ours]);
  expect([err, exit]).toEqual(['', 0]);
  runTool('llama-gguf-split', ['--split', ...theirs, file, path.join(folders[1], 'm')]);
  return folders;
}

/** The shards of one folder that are not the same, byte for byte, in the other. */
function differing([ours, theirs]: readonly [string, string]): string[] {
  const names = readdirSync(ours).sort();
  expect(names).toEqual(readdirSync(theirs).sort());
  const read = (folder: string, name: string): Buffer => readFileSync(path.join(folder, name));
  return names.filter((name) => !read(ours, name).equals(read(theirs, name)));
}

const first = (folder: string): string => path.join(folder, readdirSync(folder).sort()[0] ?? '');

describeWithTools('ggufix split and llama-gguf-split', ['llama-gguf-split'], () => {
  describeWithData('with real models', () => {
    const gemma = 'model/tiny-gemma3n-BF16.gguf';
    const stories = 'model/stories260K.gguf';

    test.each<[string, Limits]>([
      [gemma, bySize('30M')],
      [gemma, metadataFirst(bySize('25M'))],
      [gemma, byCount(128)],
      [gemma, metadataFirst(byCount(200))],
      [stories, bySize('1M')],
      [stories, bySize('2G')],
      [stories, byCount(1)],
      [stories, metadataFirst(byCount(7))],
    ])('%s %j: the same bytes', async (name, limits) => {
      expect(differing(await splitTwice(dataPath(name), limits))).toEqual([]);
    });

    test('vocabularies, without a tensor: the same bytes', async () => {
      const names = readdirSync(dataPath('vocab')).filter((name) => name.endsWith('.gguf'));
      expect(names.length).toBeGreaterThan(5);
      for (const name of names)
        expect(differing(await splitTwice(dataPath('vocab', name), byCount(8))), name).toEqual([]);
    });

    test.each([gemma, stories])(
      '%s: merged again it has its tensors, loads, and ggufix check finds no error in the shards',
      (name) => {
        const folder = tempFolder();
        const source = dataPath(name);
        const split = runBinary(['split', source, 'm', '--max-tensors', '20', '--no-tensor-first'], folder);
        expect([split.err, split.exit]).toEqual(['', 0]);
        const shards = readdirSync(folder).sort();
        const check = runBinary(['check', ...shards, '--data', '--json'], folder);
        expect([check.err, check.exit], check.out).toEqual(['', 0]);
        expect(JSON.parse(check.out).summary).toMatchObject({ files: shards.length, errors: 0 });
        const engine = runBinary(['check', shards[0] ?? '', '--engine', '--json'], folder);
        expect(engine.exit, engine.out).toBe(0);
        const merged = path.join(folder, 'merged.gguf');
        runTool('llama-gguf-split', ['--merge', path.join(folder, shards[0] ?? ''), merged]);
        expect(hashesOfTensors(merged)).toEqual(hashesOfTensors(source));
      },
      120_000,
    );
  });

  describeWithData('with the files of other programs', () => {
    /** What llama-gguf-split writes in other words, or not at all, and why. */
    const OTHERWISE: Readonly<Record<string, string>> = {
      'conformance/DATA_CUSTOM_ALIGN.seed42': 'data is padded to 32 in spite of general.alignment',
      'conformance/DATA_NOT_ENOUGH_DATA.seed42': 'a bool that is neither 0 nor 1 becomes 1',
      'conformance/DATA_SUCCESS.seed42': 'a bool that is neither 0 nor 1 becomes 1',
      'conformance/KV_RANDOM_KV.seed42': 'a bool that is neither 0 nor 1 becomes 1',
      'malformed/k03_key_nul': 'a key ends at a zero byte',
      'malformed/k18_bool_128': 'a bool that is neither 0 nor 1 becomes 1',
      'malformed/k18_bool_255': 'a bool that is neither 0 nor 1 becomes 1',
      'malformed/k19_boolarr_bad': 'a bool that is neither 0 nor 1 becomes 1',
      'malformed/k21_string_nul': 'a string ends at a zero byte',
      'malformed/k43_align_u32_64_tensor': 'data is padded to 32 in spite of general.alignment',
      'malformed/k43_align_u32_8_tensor': 'data is padded to 32 in spite of general.alignment',
      'malformed/p07_ggml_zero_dim_full': 'a shape loses its last dimensions of 1',
      'malformed/t16_ndims_0': 'a shape without dimensions gets one of 1',
      'malformed/t17_ndims_4': 'a shape loses its last dimensions of 1',
      'malformed/t21_dim_zero_2nd': 'a shape loses its last dimensions of 1',
    };

    test('what both split has the same bytes, but for what llama-gguf-split changes', async () => {
      const files = ['conformance', 'malformed', 'loader'].flatMap((folder) =>
        readdirSync(dataPath(folder))
          .filter((name) => name.endsWith('.gguf'))
          .map((name) => `${folder}/${name.replace(/\.gguf$/, '')}`),
      );
      const same: string[] = [];
      const other: string[] = [];
      for (const name of files) {
        // ggml aborts for some: those, and what one of the two refuses, are no matter of this test.
        const folders = await splitTwice(`${dataPath(name)}.gguf`, byCount(3)).catch(() => undefined);
        if (folders !== undefined) (differing(folders).length === 0 ? same : other).push(name);
      }
      expect(other.sort()).toEqual(Object.keys(OTHERWISE).sort());
      expect(same.length).toBeGreaterThan(60);
    }, 240_000);
  });

  test('with an alignment of 64 ours can be read, theirs cannot', async () => {
    const file = tempFile(smallModel().metadata('general.alignment', { type: 'uint32', value: 64 }).bytes());
    const [ours, theirs] = await splitTwice(file, byCount(3));
    for (const name of readdirSync(ours)) runTool('llama-gguf', [path.join(ours, name), 'r', 'n']);
    expect(() => runTool('llama-gguf', [first(theirs), 'r', 'n'])).toThrow();
    expect((await runCli(['check', first(ours), '--only', 'container/*', '--only', 'shard/*'])).exit).toBe(0);
  });

  test('a first tensor that is larger than the limit gets a shard; llama-gguf-split gives up', async () => {
    const file = tempFile(gguf().tensor('a', 'I8', [1_100_000]).tensor('b', 'I8', [32]).bytes());
    const [ours, theirs] = bySize('1M');
    const { out } = await runCli(['split', file, `${file}-ours`, ...ours, '--json']);
    expect(JSON.parse(out).files.map(({ tensors }: { tensors: number }) => tensors)).toEqual([1, 1]);
    const giveUp = (): unknown => runTool('llama-gguf-split', ['--split', ...theirs, file, `${file}-theirs`]);
    expect(giveUp).toThrow('one of splits have 0 tensors');
  });
});
