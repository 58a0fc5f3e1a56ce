import { spawn } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { companionsOf } from '../../../src/edit/companions.js';
import type { MetadataEntry } from '../../../src/gguf/model.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { scalarValue } from '../../../src/gguf/values.js';
import { quantizeDocumentSchema } from '../../../src/report/quantize-schema.js';
import { writeBare } from '../../quantizer/recipes/support/header-only.js';
import { llama } from '../../quantizer/recipes/support/shapes.js';
import { fakeEngine, HELP } from '../../quantizer/support/fake-engine.js';
import { ggufImatrix } from '../../quantizer/support/imatrix.js';
import { describeWithLlama } from '../../quantizer/support/llama.js';
import { type Place, placeModel } from '../../quantizer/support/quantize-tiny.js';
import { splitModel } from '../../quantizer/support/split-model.js';
import { TINY_COUNTS, tinyLlama } from '../../quantizer/support/tiny-llama.js';
import { isAlive, pidIn, untilGone } from '../../support/processes.js';
import { BINARY, runBinary } from '../../support/run-cli.js';
import { tempFile, tempFolder } from '../../support/temp.js';

const Q8 = ['--type', 'Q8_0', '--engine', 'embedded'];

/** Runs the built program in the folder of a model. */
const run = (place: Place, ...flags: readonly string[]) =>
  runBinary(['quantize', place.source, path.basename(place.out), ...flags], place.folder);

/** The same with `--json`; the document is valid. */
function documentOf(place: Place, ...flags: readonly string[]) {
  const { out, err, exit } = run(place, ...flags, '--json');
  expect(err).toBe('');
  return { ...quantizeDocumentSchema.parse(JSON.parse(out)), exit };
}

function keysOf(file: string): Record<string, unknown> {
  const bytes = readFileSync(file);
  const { metadata } = parseHeader(bytes, bytes.byteLength);
  const plainValue = (entry: MetadataEntry) => (entry.type === 'array' ? entry.count : scalarValue(entry));
  return Object.fromEntries(metadata.map((entry) => [entry.key, plainValue(entry)]));
}

/** An engine too old to be asked, which runs this script. */
const old = (script: string): string => fakeEngine(script, HELP.replace(' [--dry-run]', ''));

describeWithLlama('ggufix quantize with nothing installed', () => {
  test('makes a file and its recipe, exactly as large as the dry run says', () => {
    const place = placeModel();
    const plan = documentOf(place, ...Q8, '--dry-run');
    expect(plan).toMatchObject({ status: 'planned', outputs: [], output: 'out.gguf', exit: 0 });
    expect(place.rest()).toEqual([]);
    const made = documentOf(place, ...Q8);
    expect(made).toMatchObject({
      status: 'made',
      outputs: ['out.gguf'],
      sidecar: 'out.recipe.json',
      engine: { kind: 'embedded', version: expect.stringMatching(/\(embedded\)$/) },
      bytes: plan.bytes,
    });
    expect(statSync(place.out).size).toBe(plan.bytes);
    expect(place.rest()).toEqual(['out.gguf', 'out.recipe.json']);
    const keys = keysOf(place.out);
    expect(Object.keys(keys)).toHaveLength(TINY_COUNTS.keyCount + 6);
    expect(keys).toMatchObject({
      'general.quantized_by': expect.stringMatching(/^ggufix \d/),
      'general.file_type': 7,
      'general.quantization_version': 2,
      'ggufix.recipe.name': 'Q8_0',
      'ggufix.recipe.sha256': made.recipe.sha256,
      'ggufix.source.sha256': made.sourceSha256,
    });
    expect(readFileSync(place.out).includes(place.folder)).toBe(false);
  });

  test('twice gives the same bytes, and so does the recipe beside the result', () => {
    const [a, b, c] = [placeModel(), placeModel(), placeModel()];
    run(a, ...Q8);
    run(b, ...Q8, '--threads', '2');
    const recipe = path.join(a.folder, 'out.recipe.json');
    const again = run(c, '--recipe', recipe, '--engine', 'embedded');
    expect(again.err).toBe('');
    expect(readFileSync(b.out).equals(readFileSync(a.out))).toBe(true);
    expect(readFileSync(c.out).equals(readFileSync(a.out))).toBe(true);
    expect(readFileSync(path.join(b.folder, 'out.recipe.json'))).toEqual(readFileSync(recipe));
  });

  test.each([0, 8, 16, 24])(
    'plans, says and makes the same size where metadata is repaired (%i more bytes)',
    (more) => {
      const keys = {
        'general.description': { type: 'string', value: 'x'.repeat(more) },
        'llama.attention.shared_kv_layers': { type: 'float64', value: 1 },
        'ggufix.filler': { type: 'array', itemType: 'uint64', items: new Array(100).fill(0n) },
      } as const;
      const place = placeModel(tinyLlama({ keys }));
      const made = documentOf(place, '--target-bpw', '7', '--sensitivity', 'expected', '--engine', 'embedded');
      expect(keysOf(place.out)).toMatchObject({ 'llama.attention.shared_kv_layers': 1 });
      expect(keysOf(place.out)).not.toHaveProperty(['ggufix.filler']);
      const { size } = statSync(place.out);
      expect([made.bytes, made.plan?.fileBytes]).toEqual([size, size]);
    },
  );

  test('says for people what it did', () => {
    const place = placeModel();
    const { out, err } = run(place, ...Q8, '--tensor', 'token_embd.weight=f16');
    expect(err).toBe('');
    expect(out.replace(/\d+\.\d+\.\d+ \(embedded\)|[\d.]+ s/g, '…')).toContain(`    Q8_0, by the embedded llama.cpp, …

    type  tensors  weights      size   share
    F16         1      512  1.00 KiB   8.6 %
    Q8_0        7   10,240  10.6 KiB  91.4 %
`);
    expect(out).toMatch(/✓ wrote \S+ KiB \([\d,]+ bytes\) in [\d.]+ s, [\d.]+ bpw, [\d.]+ % of the model/);
  });

  test('shows its progress as JSON lines', () => {
    const { err } = run(placeModel(), ...Q8, '--progress', 'json');
    const events: { event: string; label: string; total: number; done: number }[] = err
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.filter(({ event }) => event === 'end').map(({ label }) => label)).toEqual([
      ...['quantize out.gguf', 'verify'],
    ]);
    for (const { done, total } of events.filter(({ event }) => event === 'end')) expect(done).toBe(total);
  });

  test('takes an importance matrix, and writes no folder into the result', () => {
    const place = placeModel();
    const entry = { sums: [new Array(32).fill(1)], counts: [1] };
    const imatrix = tempFile(ggufImatrix({ 'blk.0.attn_q.weight': entry }).bytes(), 'im.gguf');
    const flags = ['--type', 'Q4_0', '--engine', 'embedded', '--imatrix', imatrix];
    const plan = documentOf(place, ...flags, '--dry-run');
    const made = documentOf(place, ...flags);
    expect(made.notes).toEqual([expect.stringContaining('blk.0.attn_k.weight')]);
    expect(statSync(place.out).size).toBe(plan.bytes);
    expect(keysOf(place.out)).toMatchObject({
      'quantize.imatrix.file': 'im.gguf',
      'quantize.imatrix.dataset': 'text.txt',
      'quantize.imatrix.entries_count': 1,
      'quantize.imatrix.chunks_count': 10,
    });
    expect(readFileSync(path.join(place.folder, 'out.recipe.json'), 'utf8')).toContain('"file": "im.gguf"');
  });

  test('joins shards, or keeps them', () => {
    const [first, second] = splitModel();
    const folder = path.dirname(first);
    const split = (...flags: string[]) => {
      const { out, err } = runBinary(['quantize', second, 'out.gguf', ...Q8, '--json', ...flags], folder);
      expect(err).toBe('');
      return quantizeDocumentSchema.parse(JSON.parse(out));
    };
    expect(split()).toMatchObject({ outputs: ['out.gguf'], bytes: statSync(path.join(folder, 'out.gguf')).size });
    const kept = split('--keep-split', '--force');
    expect(kept.outputs).toEqual(['out-00001-of-00002.gguf', 'out-00002-of-00002.gguf']);
    const sizes = kept.outputs.map((file) => statSync(path.join(folder, file)).size);
    expect(kept.bytes).toBe(sizes.reduce((sum, each) => sum + each, 0));
    expect(kept.sidecar).toBe('out.recipe.json');
    expect(readdirSync(folder)).toHaveLength(2 + 1 + 2 + 1);
  });

  test('takes a source that an earlier change left with a filler', () => {
    const place = placeModel();
    const long = 'x'.repeat(3000);
    expect(
      runBinary(['meta', 'set', place.source, 'general.description', long, '--as', 'string'], place.folder).exit,
    ).toBe(0);
    expect(keysOf(place.source)).toHaveProperty('ggufix.filler');
    expect(documentOf(place, ...Q8)).toMatchObject({ status: 'made', outputs: ['out.gguf'] });
    expect(keysOf(place.out)).toMatchObject({ 'general.description': long });
    expect(keysOf(place.out)).not.toHaveProperty('ggufix.filler');
    expect(place.rest()).toEqual(['out.gguf', 'out.recipe.json']);
  });

  test('where the result cannot be measured, the report says that it is there', () => {
    const place = placeModel();
    const text = path.join(tempFolder(), 'text');
    writeFileSync(text, 'some text');
    const perplexity = fakeEngine('echo cannot >&2; exit 1', 'usage');
    const environment = { ...process.env, LLAMA_PERPLEXITY: perplexity };
    const argv = ['quantize', place.source, 'out.gguf', ...Q8, '--evaluate', '--text', text, '--json'];
    const { out, err, exit } = runBinary(argv, place.folder, environment);
    expect(quantizeDocumentSchema.parse(JSON.parse(out))).toMatchObject({
      status: 'made',
      findings: expect.any(Array),
    });
    expect(err).toMatch(/cannot/);
    expect(exit).toBe(3);
    expect(place.rest()).toEqual(['out.gguf', 'out.recipe.json']);
  });

  test('a finding of severity error is exit code 1, and the file stays', () => {
    const place = placeModel(tinyLlama({ blockCount: { type: 'uint32', value: 2 } }));
    const { findings, exit } = documentOf(place, ...Q8);
    expect(findings.filter(({ severity }) => severity === 'error')).not.toEqual([]);
    expect(exit).toBe(1);
    expect(existsSync(place.out)).toBe(true);
  });

  test('is taken where PATH has no llama-quantize', () => {
    const place = placeModel();
    const { PATH: _path, LLAMA_QUANTIZE: _engine, ...rest } = process.env;
    const { out } = runBinary(['quantize', place.source, 'out.gguf', '--type', 'Q8_0'], place.folder, {
      ...rest,
      PATH: tempFolder(),
    });
    expect(out).toContain('the embedded llama.cpp');
  });

  test('two runs at once on one result: one makes it, the other says why not', async () => {
    const place = placeModel();
    const runs = await Promise.all([start(place, ...Q8).ended, start(place, ...Q8).ended]);
    const [good, bad] = runs.toSorted((a, b) => (a.exit ?? 0) - (b.exit ?? 0));
    // Where the first was done before the second began, the result is there already.
    expect(bad?.exit).toBe(3);
    expect(bad?.err).toMatch(/is being changed by process \d+|it exists already/);
    expect(good?.err).toBe('');
    expect(place.rest()).toEqual(['out.gguf', 'out.recipe.json']);
  });

  test.runIf(process.platform !== 'win32')('after a kill -9 the next run cleans up and makes the file', async () => {
    const place = placeModel();
    const pidFile = path.join(tempFolder(), 'pid');
    const engine = old(`echo half > "$out"; echo $$ > ${pidFile}; while :; do sleep 0.1; echo alive >&2; done`);
    const victim = start(place, '--type', 'Q8_0', '--engine', engine);
    const enginePid = await pidIn(pidFile);
    victim.child.kill('SIGKILL');
    await victim.ended;
    expect(place.rest()).toEqual(['.out.gguf.ggufix-lock', expect.stringMatching(/^\.out\.gguf\.ggufix-tmp-/)]);
    // Its next word meets a closed pipe.
    await untilGone(enginePid);
    expect(run(place, ...Q8).err).toBe('');
    expect(place.rest()).toEqual(['out.gguf', 'out.recipe.json']);
  });
});

describe('ggufix quantize refuses', () => {
  const place = placeModel;
  const refusal = (where: Place, ...flags: readonly string[]) => {
    const before = where.rest();
    const { out, err, exit } = run(where, ...flags);
    expect(out).toBe('');
    expect(where.rest()).toEqual(before);
    return { err, exit };
  };

  test.each([
    ['no way to choose types', [], 2, /say how to choose the types/],
    ['a file type that does not exist', ['--type', 'Q9'], 2, /no file type is called 'Q9'/],
    ['a recipe that does not exist', ['--recipe', 'UD-Q9'], 3, /there is no recipe 'UD-Q9'/],
    ['a type that llama-quantize aborts at', ['--type', 'Q8_0', '--tensor', '*=i8'], 2, /--tensor is '\*=i8'/],
    ['a tensor that is not there', ['--type', 'Q8_0', '--tensor', 'x=f16'], 3, /no tensor .* is called 'x'/],
    ['an importance matrix that is missing', ['--type', 'Q8_0', '--imatrix', '/nowhere'], 3, /cannot read \/nowhere/],
    ['an engine that is missing', ['--type', 'Q8_0', '--engine', '/nowhere/q'], 3, /\/nowhere\/q, named by --engine/],
    ['an engine that is none', ['--type', 'Q8_0', '--engine', process.execPath], 3, /is no llama-quantize/],
    ['a file to be like that is missing', ['--like', '/nowhere.gguf'], 3, /cannot read \/nowhere.gguf/],
  ] as const)('%s', (_what, flags, exit, message) => {
    const result = refusal(place(), ...flags);
    expect(result).toMatchObject({ exit, err: expect.stringMatching(message) });
    expect(result.err).toMatch(/^ggufix: [^\n]+\n$/);
  });

  test('a source that is missing, or no model', () => {
    const folder = tempFolder();
    const missing = runBinary(['quantize', 'gone.gguf', 'out.gguf', '--type', 'Q8_0'], folder);
    expect(missing).toMatchObject({ exit: 3, err: expect.stringContaining('cannot read gone.gguf') });
    const html = placeModel(Buffer.from('<!DOCTYPE html><html></html>'));
    expect(refusal(html, '--type', 'Q8_0')).toMatchObject({ exit: 3, err: expect.stringContaining('HTML') });
  });

  test('a source that an interrupted change left in between, also for a dry run', () => {
    const place = placeModel();
    const journal = companionsOf(place.source).journal;
    writeFileSync(journal, '');
    for (const flags of [Q8, [...Q8, '--dry-run']]) {
      const { err, exit } = run(place, ...flags);
      expect(err).toMatch(/an interrupted change of .*in\.gguf left .*run: ggufix recover/);
      expect(exit).toBe(3);
    }
    expect(place.rest()).toEqual([path.basename(journal)]);
  });

  test('a config beside the result that its check could not read, before the engine runs', () => {
    const place = placeModel();
    writeFileSync(path.join(place.folder, 'ggufix.config.yaml'), 'rulez: {}');
    const { err, exit } = run(place, ...Q8);
    expect(err).toMatch(/unknown key 'rulez'/);
    expect(exit).toBe(2);
    expect(place.rest()).toEqual(['ggufix.config.yaml']);
  });

  test('a folder for measurements that cannot be made, but only where it was named', () => {
    const place = placeModel();
    const flags = ['--target-bpw', '7', '--sensitivity', 'expected', '--dry-run', '--engine', 'embedded'];
    const impossible = path.join(place.source, 'sub');
    const named = run(place, ...flags, '--cache', impossible);
    expect(named).toMatchObject({ exit: 3, err: expect.stringContaining('cannot keep measurements in') });
    const argv = ['quantize', place.source, 'out.gguf', ...flags];
    const { exit, out } = runBinary(argv, place.folder, { ...process.env, XDG_CACHE_HOME: impossible });
    expect(exit).toBe(0);
    expect(out).toContain('the next plan will measure again');
  });

  test('a model that is quantized already, before anything is measured, also for a dry run', () => {
    const place = placeModel();
    documentOf(place, ...Q8);
    const again = { ...place, source: place.out, out: path.join(place.folder, 'again.gguf') };
    for (const flags of [
      ['--target-bpw', '7'],
      ['--target-bpw', '7', '--dry-run'],
      ['--type', 'Q4_0', '--dry-run'],
    ]) {
      const { err, exit } = run(again, ...flags, '--engine', 'embedded');
      expect(err).toMatch(/is Q8_0 already/);
      expect(exit).toBe(3);
    }
  });

  test('a source with a weight that is no number, naming the place', () => {
    const bytes = Buffer.from(tinyLlama());
    bytes.writeUInt32LE(0x7fc00000, bytes.byteLength - 4);
    expect(refusal(place(bytes), ...Q8)).toMatchObject({
      exit: 3,
      err: expect.stringMatching(/tensor 'blk\.0\.ffn_down\.weight' holds NaN in row 31, element 63/),
    });
  });

  test('types that need an importance matrix, where there is none', () => {
    const folder = tempFolder();
    const source = writeBare(llama({ layers: 1 }), folder);
    const { err, exit } = runBinary(['quantize', source, 'out.gguf', '--type', 'IQ2_XXS', '--dry-run'], folder);
    expect(exit).toBe(2);
    expect(err).toMatch(
      /tensors, such as blk\.0\.\S+ \(IQ2_XXS\), cannot be made without an importance matrix: give --imatrix/,
    );
  });

  test('an importance matrix of another model, or with a NaN', () => {
    const matrix = (sums: number[]) =>
      tempFile(ggufImatrix({ 'blk.0.attn_q.weight': { sums: [sums], counts: [1] } }).bytes(), 'im.gguf');
    for (const sums of [[1, 2, 3], new Array(32).fill(Number.NaN)]) {
      const imatrix = matrix(sums);
      expect(refusal(place(), ...Q8, '--imatrix', imatrix)).toMatchObject({
        exit: 3,
        err: expect.stringMatching(new RegExp(`^ggufix: ${imatrix}: .*blk\\.0\\.attn_q\\.weight`)),
      });
    }
  });

  test('an importance matrix that is cut off', () => {
    const whole = ggufImatrix({ 'blk.0.attn_q.weight': { sums: [new Array(32).fill(1)], counts: [1] } }).bytes();
    for (const length of [3, 100, whole.byteLength - 100]) {
      const { exit, err } = refusal(place(), ...Q8, '--imatrix', tempFile(whole.subarray(0, length), 'im.gguf'));
      expect(exit, err).toBe(3);
    }
  });

  test('a result that exists, and what it is made of by any name', () => {
    const where = place();
    writeFileSync(where.out, 'old');
    expect(refusal(where, ...Q8)).toMatchObject({ exit: 3, err: expect.stringContaining('it exists already') });
    expect(readFileSync(where.out, 'utf8')).toBe('old');
    for (const link of [linkSync, symlinkSync]) {
      rmSync(where.out);
      link(where.source, where.out);
      expect(refusal(where, ...Q8, '--force')).toMatchObject({
        exit: 3,
        err: expect.stringContaining('of which it is made'),
      });
    }
    const itself = runBinary(['quantize', where.source, where.source, ...Q8, '--force'], where.folder);
    expect(itself).toMatchObject({ exit: 3, err: expect.stringContaining('it is what the result is made of') });
    expect(readFileSync(where.source).equals(Buffer.from(tinyLlama()))).toBe(true);
  });

  test('a folder that is not there, or is in the way', () => {
    const where = place();
    const missing = runBinary(['quantize', where.source, 'sub/out.gguf', ...Q8], where.folder);
    expect(missing).toMatchObject({ exit: 3, err: expect.stringContaining('its folder does not exist') });
    mkdirSync(where.out);
    expect(refusal(where, ...Q8, '--force')).toMatchObject({ exit: 3, err: expect.stringContaining('it is a folder') });
  });
});

describe.skipIf(process.platform === 'win32')('ggufix quantize, where the engine', () => {
  test.each([
    ['is killed', 'echo half > "$out"; kill -KILL $$', /failed on \S+in\.gguf \(SIGKILL\)/],
    ['aborts', 'echo "GGML_ASSERT(x) failed" >&2; kill -ABRT $$', /\(SIGABRT\): GGML_ASSERT\(x\) failed/],
    ['writes half and says that all is well', 'head -c 3000 "$source" > "$out"', /out\.gguf/],
    ['writes nothing and says that all is well', 'true', /ended well but wrote no out\.gguf/],
    ['prints a lot and fails', 'yes noise | head -c 50000000 >&2; exit 4', /\(exit code 4\)/],
    ['meets the limit for files', 'ulimit -f 1; cat "$source" > "$out"', /failed|out\.gguf/],
  ])('%s: a clear error, exit code 3, and nothing left', (_what, script, message) => {
    const place = placeModel();
    writeFileSync(place.out, 'old');
    const { out, err, exit } = run(
      place,
      '--type',
      'Q8_0',
      '--engine',
      old(`source=${place.source}; ${script}`),
      '--force',
    );
    expect({ out, exit }).toEqual({ out: '', exit: 3 });
    expect(err).toMatch(/^ggufix: [^\n]+\n$/);
    expect(err).toMatch(message);
    expect(readFileSync(place.out, 'utf8')).toBe('old');
    expect(place.rest()).toEqual(['out.gguf']);
  });

  test('lacks what is needed: says so, and what helps', () => {
    const engine = fakeEngine('', HELP.replace(' [--tensor-type-file]', '').replace(' [--dry-run]', ''));
    const { err, exit } = run(placeModel(), '--type', 'Q8_0', '--engine', engine);
    expect({ err, exit }).toEqual({
      err: `ggufix: ${engine} is too old: it knows no --tensor-type-file; use a newer one, or --engine embedded\n`,
      exit: 3,
    });
  });

  test('would do something else than planned: it is not run', () => {
    const engine = fakeEngine('[ "$1" = --dry-run ] || exit 99');
    const { err, exit } = run(placeModel(), '--type', 'Q8_0', '--engine', engine);
    // Flags come before it: whatever it is called with, it names no tensor.
    expect(exit).toBe(3);
    expect(err).toMatch(/would make tensor 'token_embd\.weight' something else, planned is Q8_0|exit code 99/);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'is at work when %s comes: it ends, and nothing is left',
    async (signal) => {
      const place = placeModel();
      const pidFile = path.join(tempFolder(), 'pid');
      const engine = old(`echo half > "$out"; echo $$ > ${pidFile}; exec sleep 1000`);
      const running = start(place, '--type', 'Q8_0', '--engine', engine);
      const pid = await pidIn(pidFile);
      running.child.kill(signal);
      const { err, exit } = await running.ended;
      expect({ err, exit }).toEqual({ err: `ggufix: interrupted by ${signal}\n`, exit: 130 });
      expect(isAlive(pid)).toBe(false);
      expect(place.rest()).toEqual([]);
    },
  );
});

/** Starts the built program without waiting for it. */
function start(place: Place, ...flags: readonly string[]) {
  const child = spawn(process.execPath, [BINARY, 'quantize', place.source, path.basename(place.out), ...flags], {
    cwd: place.folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<{ err: string; exit: number | null }>((resolve) =>
    child.on('close', (exit) => resolve({ err, exit })),
  );
  return { child, ended };
}
