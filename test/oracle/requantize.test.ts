import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { describeWithData } from '../support/data.js';
import { describeWithTools, readWithLlamaGguf } from '../support/llama-tools.js';
import { type CliResult, runBinary } from '../support/run-cli.js';
import { tempFolder } from '../support/temp.js';
import {
  EMBEDDING,
  embeddingByGgml,
  goodModel,
  makeBroken,
  SHARED_LAYERS,
  type SourceType,
} from './support/broken-gemma.js';
import { headerOf, tensorHash, tensorHashes } from './support/model-file.js';
import { sharedFolder } from './support/scratch.js';

const TARGETS = ['q8_0', 'q5_1', 'q5_0', 'q4_1', 'q4_0'] as const;

/** What `auto` makes of each type: what publishers choose, never fewer bits than there were. */
const AUTO: Readonly<Record<SourceType, string>> = {
  BF16: 'f16',
  Q6_K: 'q8_0',
  Q4_K: 'q5_1',
  IQ4_XS: 'q5_1',
  IQ3_S: 'q4_0',
  MXFP4: 'q5_1',
  TQ1_0: 'q4_0',
};
const SOURCES = ['BF16', 'Q6_K', 'Q4_K', 'IQ4_XS', 'IQ3_S', 'MXFP4', 'TQ1_0'] as const satisfies readonly SourceType[];

describeWithData('a broken Gemma 3n', () => {
  describeWithTools('made by llama-quantize', ['llama-quantize', 'llama-gguf'], () => {
    let broken: Readonly<Record<SourceType, string>>;
    beforeAll(() => {
      const folder = sharedFolder();
      const made = SOURCES.map((type) => [type, makeBroken(folder, type)] as const);
      broken = Object.fromEntries(made) as typeof broken; // one entry for each source type
    }, 120_000);

    const made = new Map<string, Promise<string>>();
    /** Hash of what ggml makes of a file's table; the file is made once, whichever test asks first. */
    function ggmlHash(source: SourceType, target: string): Promise<string> {
      const key = `${source} ${target}`;
      const hash = made.get(key) ?? hashByGgml(broken[source], source, target);
      made.set(key, hash);
      return hash;
    }

    describe.each(SOURCES)('with a table in %s', (source) => {
      let before: ReadonlyMap<string, string> = new Map();
      beforeAll(async () => {
        before = await tensorHashes(broken[source]);
      });

      async function expectRepaired(out: string, target: string): Promise<void> {
        expect(differences(before, await tensorHashes(out))).toEqual({ [EMBEDDING]: await ggmlHash(source, target) });
        await expectOnlyKeyRepaired(broken[source], out);
        readWithLlamaGguf(out);
      }

      test.each(TARGETS)('becomes, as %s, what ggml makes of the same floats', async (target) => {
        const out = path.join(tempFolder(), 'fixed.gguf');
        const flags = ['--type', `${EMBEDDING}=${target}`, '--unsafe'];
        expect(fix(broken[source], out, flags)).toMatchObject({ exit: 0, err: '' });
        await expectRepaired(out, target);
      });

      test(`becomes ${AUTO[source]} where no type is chosen`, async () => {
        const out = path.join(tempFolder(), 'fixed.gguf');
        expect(fix(broken[source], out, [])).toMatchObject({ exit: 0, err: '' });
        await expectRepaired(out, AUTO[source]);
      });
    });

    test.each(TARGETS)('takes its table from the BF16 file and rounds it once to %s', async (target) => {
      const out = path.join(tempFolder(), 'fixed.gguf');
      const flags = ['--type', `${EMBEDDING}=${target}`, '--from', goodModel()];
      expect(fix(broken.Q4_K, out, flags)).toMatchObject({ exit: 0, err: '' });
      const once = await ggmlHash('BF16', target);
      expect(differences(await tensorHashes(broken.Q4_K), await tensorHashes(out))).toEqual({ [EMBEDDING]: once });
      expect(await ggmlHash('Q4_K', target)).not.toBe(once);
      readWithLlamaGguf(out);
    });

    test('is not given fewer bits unless that is asked for', async () => {
      const out = path.join(tempFolder(), 'fixed.gguf');
      const run = fix(broken.Q6_K, out, ['--type', `${EMBEDDING}=q4_0`, '--json']);
      const [file] = JSON.parse(run.out).files;
      expect(file.applied).toMatchObject([{ rule: 'gemma3n/shared-kv-layers-type' }]);
      expect(file.remaining).toMatchObject([{ rule: 'gemma3n/per-layer-token-embd-type' }]);
      expect(differences(await tensorHashes(broken.Q6_K), await tensorHashes(out))).toEqual({});
    });
  });
});

async function hashByGgml(file: string, source: SourceType, target: string): Promise<string> {
  const requantized = path.join(tempFolder(), 'ggml.gguf');
  embeddingByGgml(file, source, target, requantized);
  return await tensorHash(requantized, EMBEDDING);
}

function fix(file: string, out: string, flags: readonly string[]): CliResult {
  return runBinary(['fix', file, '-o', out, '--quiet', ...flags], path.dirname(out));
}

/** What `after` has that `before` has not, by name; a tensor that is gone is `undefined`. */
function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Record<string, string | undefined> {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return Object.fromEntries(
    names.filter((name) => before.get(name) !== after.get(name)).map((name) => [name, after.get(name)]),
  );
}

/** Expects the same metadata in the same order, byte for byte, but for the key, which is uint32 5. */
async function expectOnlyKeyRepaired(before: string, after: string): Promise<void> {
  const expected = (await headerOf(before)).metadata.map(({ key, raw }) => [
    key,
    hex(key === SHARED_LAYERS ? five : raw),
  ]);
  expect((await headerOf(after)).metadata.map(({ key, raw }) => [key, hex(raw)])).toEqual(expected);
}

/** The repaired entry as the format says: u64 length and key, i32 type 4 (uint32), the value. */
const five = Buffer.concat([
  Buffer.from([SHARED_LAYERS.length, 0, 0, 0, 0, 0, 0, 0]),
  Buffer.from(SHARED_LAYERS, 'latin1'),
  Buffer.from([4, 0, 0, 0, 5, 0, 0, 0]),
]);

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
