import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { companionsOf } from '../../../src/edit/companions.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { scalarValue } from '../../../src/gguf/values.js';
import { readRecipe } from '../../../src/quantizer/recipes/read.js';
import { hashFiles } from '../../../src/sources/hash-files.js';
import { isAlive, pidIn } from '../../support/processes.js';
import { tempFolder } from '../../support/temp.js';
import { describeWithLlama } from '../support/llama.js';
import { embeddedEngine, oldEngine, type Place, placeModel, quantizeTiny } from '../support/quantize-tiny.js';
import { canMount, smallDisk } from '../support/small-disk.js';
import { tinyLlama } from '../support/tiny-llama.js';

function keysOf(file: string): Record<string, unknown> {
  const bytes = readFileSync(file);
  const { metadata } = parseHeader(bytes, bytes.byteLength);
  return Object.fromEntries(metadata.map((entry) => [entry.key, scalarValue(entry)]));
}

/** A result as an engine leaves it, before ggufix signs it. */
async function unsigned(): Promise<string> {
  const place = placeModel();
  const kept = path.join(tempFolder(), 'good.gguf');
  const engine = await embeddedEngine();
  const copying = await oldEngine(`${engine.program} ${engine.prefix.join(' ')} "$@" && cp "$out" ${kept}`);
  await quantizeTiny(place, { engine: copying });
  return kept;
}

describeWithLlama('quantizeModel', () => {
  test('makes the file and its recipe, and leaves nothing else', async () => {
    const place = placeModel();
    const before = readFileSync(place.source);
    const { outputs, sidecar, bytes, engineVersion, sourceHash, seconds } = await quantizeTiny(place);
    expect(place.rest()).toEqual(['out.gguf', 'out.recipe.json']);
    expect(outputs).toEqual([place.out]);
    expect(bytes).toBe(statSync(place.out).size);
    expect(engineVersion).toMatch(/^\d+\.\d+\.\d+ \(embedded\)$/);
    expect(sourceHash).toBe(await hashFiles([place.source]));
    expect(seconds).toBeGreaterThan(0);
    expect(keysOf(place.out)).toMatchObject({
      'general.quantized_by': 'ggufix 1',
      'general.file_type': 7,
      'ggufix.recipe.name': 'Q8_0',
      'ggufix.source.sha256': sourceHash,
    });
    const recipe = await readRecipe(sidecar ?? '');
    expect(recipe).toMatchObject({ fileType: 'Q8_0', provenance: { engine: `embedded ${engineVersion}` } });
    expect(readFileSync(place.source).equals(before)).toBe(true);
  });

  test('tells how far it is, in bytes of the source', async () => {
    const told: [string, number][] = [];
    const place = placeModel();
    const startWork = ({ label, total }: { label: string; total: number }) => ({
      update: (done: number) => void told.push([label, done / total]),
      end: () => void told.push([label, -1]),
    });
    await quantizeTiny(place, { startWork });
    const labels = ['quantize out.gguf', 'verify'];
    expect([...new Set(told.map(([label]) => label))]).toEqual(labels);
    for (const label of labels) {
      const steps = told.filter(([each]) => each === label).map(([, share]) => share);
      expect(steps.at(-1)).toBe(-1);
      expect(steps.at(-2)).toBe(1);
      expect(steps.slice(0, -1)).toEqual(steps.slice(0, -1).toSorted((a, b) => a - b));
    }
  });

  test('twice gives the same bytes', async () => {
    const [a, b] = [placeModel(), placeModel()];
    await quantizeTiny(a);
    await quantizeTiny(b, { threads: 2 });
    expect(readFileSync(a.out).equals(readFileSync(b.out))).toBe(true);
  });

  test('writes no recipe where none is wanted', async () => {
    const place = placeModel();
    expect(await quantizeTiny(place, { sidecar: false })).not.toHaveProperty('sidecar');
    expect(place.rest()).toEqual(['out.gguf']);
  });

  describe('what is there', () => {
    const withOld = (): Place => {
      const place = placeModel();
      writeFileSync(place.out, 'old');
      return place;
    };

    test('stays without force', async () => {
      const place = withOld();
      await expect(quantizeTiny(place)).rejects.toMatchObject({ code: 'not-writable' });
      expect(readFileSync(place.out, 'utf8')).toBe('old');
      expect(place.rest()).toEqual(['out.gguf']);
    });

    test('stays where it is a recipe that the sidecar would replace', async () => {
      const place = placeModel();
      const recipe = path.join(place.folder, 'out.recipe.json');
      writeFileSync(recipe, 'mine');
      await expect(quantizeTiny(place)).rejects.toThrow('out.recipe.json: it exists already');
      expect(readFileSync(recipe, 'utf8')).toBe('mine');
      await expect(quantizeTiny(place, { force: true, inputs: [recipe] })).rejects.toThrow(
        'what the result is made of',
      );
      await quantizeTiny(place, { force: true });
      expect(place.rest()).toEqual(['out.gguf', 'out.recipe.json']);
    });

    test('is replaced with force, and what was known of it is forgotten', async () => {
      const place = withOld();
      writeFileSync(companionsOf(place.out).undo, 'how to get the old bytes back');
      await quantizeTiny(place, { force: true });
      expect(keysOf(place.out)).toMatchObject({ 'general.file_type': 7 });
      expect(place.rest()).toEqual(['out.gguf', 'out.recipe.json']);
    });

    test('stays until the new one is good, also with force', async () => {
      const place = withOld();
      const engine = await oldEngine('[ "$(cat ../out.gguf)" = old ] && exit 3');
      await expect(quantizeTiny(place, { engine, force: true })).rejects.toThrow('(exit code 3)');
      expect(readFileSync(place.out, 'utf8')).toBe('old');
    });

    test('stays where it appears meanwhile', async () => {
      const place = placeModel();
      const engine = await oldEngine(`cp ${await unsigned()} "$out"; echo new > ${place.out}`);
      await expect(quantizeTiny(place, { engine })).rejects.toThrow('it exists already');
      expect(readFileSync(place.out, 'utf8')).toBe('new\n');
      expect(place.rest()).toEqual(['out.gguf']);
    });

    test('is never the source', async () => {
      const place = placeModel();
      const request = { out: place.source, force: true };
      await expect(quantizeTiny(place, request)).rejects.toMatchObject({ code: 'not-writable' });
      expect(readFileSync(place.source).equals(Buffer.from(tinyLlama()))).toBe(true);
    });
  });

  test('two runs on one result: the second is told who is at work', async () => {
    const place = placeModel();
    const good = await unsigned();
    const pid = path.join(tempFolder(), 'pid');
    const engine = await oldEngine(`echo $$ > ${pid}; while [ -e ${pid} ]; do sleep 0.05; done; cp ${good} "$out"`);
    const first = quantizeTiny(place, { engine });
    await pidIn(pid);
    await expect(quantizeTiny(place)).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining(`is being changed by process ${process.pid}`),
    });
    expect(readFileSync(pid, 'utf8')).not.toBe('');
    rmSync(pid);
    await first;
    expect(place.rest()).toEqual(['out.gguf', 'out.recipe.json']);
  });

  test('what a killed run left is cleaned up', async () => {
    const place = placeModel();
    const { temp, lock } = companionsOf(place.out);
    mkdirSync(`${temp}-abcdef`);
    writeFileSync(`${temp}-abcdef/out.gguf`, 'half');
    // Nobody has this number: the largest is 2^22.
    writeFileSync(lock, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), started: '1' }));
    await quantizeTiny(place);
    expect(place.rest()).toEqual(['out.gguf', 'out.recipe.json']);
  });
});

describe('a source that cannot give a good result is refused before an engine runs', () => {
  const never = () => oldEngine('echo "must not run" >&2; exit 99');

  test.each([
    ['holds a NaN', () => poisoned(tinyLlama()), 'non-finite-weight', /in\.gguf: tensor '.*' holds NaN in row \d+/],
    ['is cut off', () => tinyLlama().subarray(0, -100), 'header-unreadable', /in\.gguf: .*; ggufix check says more/],
  ])('it %s', async (_what, bytes, code, message) => {
    const place = placeModel(bytes());
    const refused = quantizeTiny(place, { engine: await never() });
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(place.rest()).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('an engine that fails leaves nothing', () => {
  test.each([
    ['is killed before it writes', 'kill -KILL $$', /failed on .*in\.gguf \(SIGKILL\)/],
    ['is killed in the middle', 'head -c 5000 /dev/zero > "$out"; kill -KILL $$', /\(SIGKILL\)/],
    ['is killed at the end', 'cp "$good" "$out"; kill -KILL $$', /\(SIGKILL\)/],
    ['aborts', 'echo "GGML_ASSERT(nope) failed" >&2; kill -ABRT $$', /\(SIGABRT\): GGML_ASSERT\(nope\) failed/],
    [
      'ends with an error',
      'cp "$good" "$out"; echo "llama_quantize: failed" >&2; exit 1',
      /\(exit code 1\): llama_quantize: failed/,
    ],
  ])('it %s', async (_what, script, message) => {
    const place = placeModel();
    const engine = await oldEngine(`good=${place.source}; ${script}`);
    await expect(quantizeTiny(place, { engine })).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringMatching(message),
    });
    expect(place.rest()).toEqual([]);
  });

  test.each([
    ['writes nothing', 'true', /ended well but wrote no out\.gguf/],
    ['writes a file that is empty', ': > "$out"', /out\.gguf/],
    ['writes zeros', 'head -c 5000 /dev/zero > "$out"', /out\.gguf/],
    ['copies its input', 'cp "$source" "$out"', /out\.gguf is not as planned: tensor '.*' is F32, planned is Q8_0/],
  ])('it ends well but %s', async (_what, script, message) => {
    const place = placeModel();
    const engine = await oldEngine(`source=${place.source}; ${script}`);
    await expect(quantizeTiny(place, { engine })).rejects.toThrow(message);
    expect(place.rest()).toEqual([]);
  });

  test('the caller stops it', async () => {
    const place = placeModel();
    const file = path.join(tempFolder(), 'pid');
    const engine = await oldEngine(`echo half > "$out"; echo $$ > ${file}; exec sleep 1000`);
    const controller = new AbortController();
    const running = quantizeTiny(place, { engine, signal: controller.signal });
    const pid = await pidIn(file);
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
    expect(isAlive(pid)).toBe(false);
    expect(place.rest()).toEqual([]);
  });

  test('the source changes while it works', async () => {
    const place = placeModel();
    const engine = await oldEngine(`echo more >> ${place.source}`);
    await expect(quantizeTiny(place, { engine })).rejects.toMatchObject({ code: 'file-changed' });
    expect(place.rest()).toEqual([]);
  });

  test('it prints more than anybody reads', async () => {
    const place = placeModel();
    const engine = await oldEngine('yes "nonsense" | head -c 100000000 >&2; exit 1');
    await expect(quantizeTiny(place, { engine })).rejects.toMatchObject({ code: 'engine-failed' });
    expect(place.rest()).toEqual([]);
  });
});

describeWithLlama('an engine that writes something else than it was told', () => {
  test.each([
    ['a byte less', (bytes: Buffer) => bytes.subarray(0, -1), /out\.gguf is not as planned/],
    [
      'a tensor less',
      (bytes: Buffer) => bytes.subarray(0, -2048),
      /out\.gguf is not as planned: tensor 'blk\.0\.ffn_up\.weight'/,
    ],
    ['a byte more', (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(1)]), /it has \d+ bytes, expected \d+/],
    [
      'a scale that is no number',
      (bytes: Buffer) => Buffer.from(bytes).fill(0x7f, bytes.byteLength - 34),
      /out\.gguf: tensor '.*' holds NaN/,
    ],
  ])('%s', async (_what, change, message) => {
    const place = placeModel();
    const file = path.join(tempFolder(), 'changed.gguf');
    writeFileSync(file, change(readFileSync(await unsigned())));
    const engine = await oldEngine(`cp ${file} "$out"`);
    await expect(quantizeTiny(place, { engine })).rejects.toThrow(message);
    expect(place.rest()).toEqual([]);
  });

  test('nothing, so that what was changed above is what counts', async () => {
    const place = placeModel();
    const engine = await oldEngine(`cp ${await unsigned()} "$out"`);
    await quantizeTiny(place, { engine });
    expect(place.rest()).toEqual(['out.gguf', 'out.recipe.json']);
  });
});

const untried = canMount ? '' : ' (skipped: no file system can be mounted here)';

describe.skipIf(!canMount)(`a disk${untried}`, () => {
  test('that is too small is refused before anything is written', async () => {
    const { folder } = smallDisk(16 * 2 ** 10);
    const place = placeModel(undefined, folder);
    await expect(quantizeTiny(place)).rejects.toMatchObject({ code: 'no-space' });
    expect(place.rest()).toEqual([]);
  });

  test('that fills up while the engine works is named as that', async () => {
    const { folder } = smallDisk(64 * 2 ** 10);
    const place = placeModel(undefined, folder);
    const engine = await oldEngine(
      `head -c 60000 /dev/zero > ../other; head -c 9000 "${place.source}" > "$out" || { echo 'iostream error' >&2; exit 1; }`,
    );
    await expect(quantizeTiny(place, { engine })).rejects.toMatchObject({
      code: 'no-space',
      message: expect.stringMatching(/bytes free, \d+ are needed/),
    });
    expect(place.rest()).toEqual(['other']);
  });

  test('that may not be written is refused', async () => {
    const { folder, makeReadOnly } = smallDisk(2 ** 20);
    const place = placeModel(undefined, folder);
    makeReadOnly();
    await expect(quantizeTiny(place)).rejects.toMatchObject({
      code: 'not-writable',
      message: expect.stringContaining('nothing can be written in its folder'),
    });
  });
});

/** Sets the last weight of a model to NaN. */
function poisoned(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes);
  copy.writeUInt32LE(0x7fc00000, copy.byteLength - 4);
  return copy;
}
