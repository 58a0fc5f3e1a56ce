import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { companionsOf } from '../../../src/edit/companions.js';
import { quantizeDocumentSchema } from '../../../src/report/quantize-schema.js';
import { writeBare } from '../../quantizer/recipes/support/header-only.js';
import { llama } from '../../quantizer/recipes/support/shapes.js';
import { fakeEngine } from '../../quantizer/support/fake-engine.js';
import { ggufImatrix } from '../../quantizer/support/imatrix.js';
import { type Place, placeModel } from '../../quantizer/support/quantize-tiny.js';
import { tinyLlama } from '../../quantizer/support/tiny-llama.js';
import { runBinary } from '../../support/run-cli.js';
import { tempFile, tempFolder } from '../../support/temp.js';

import { documentOf, old, Q8, run } from '../support/quantize.js';

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
    [
      'a llama-quantize that is missing',
      ['--type', 'Q8_0', '--llama-quantize', '/nowhere/q'],
      3,
      /\/nowhere\/q, named by --llama-quantize, is no program/,
    ],
    [
      'two engines',
      ['--type', 'Q8_0', '--llama-quantize', '/nowhere/q', '--engine', 'auto'],
      2,
      /--engine and --llama-quantize both name the engine/,
    ],
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

  test('a config beside the result that its check could not read, before the engine runs, also for a dry run', () => {
    const place = placeModel();
    writeFileSync(path.join(place.folder, 'ggufix.config.yaml'), 'rulez: {}');
    for (const flags of [Q8, [...Q8, '--dry-run']]) {
      const { err, exit } = run(place, ...flags);
      expect(err).toMatch(/unknown key 'rulez'/);
      expect(exit).toBe(2);
      expect(place.rest()).toEqual(['ggufix.config.yaml']);
    }
  });

  test.skipIf(process.platform === 'win32').each([
    ['missing', (_text: string) => undefined, /cannot read .*eval\.txt/],
    ['a folder', (text: string) => void mkdirSync(text), /it is a directory/],
    ['a pipe', (text: string) => void execFileSync('mkfifo', [text]), /it is no regular file/],
  ])('a text for --evaluate that is %s, before the engine runs, also for a dry run', (_what, make, message) => {
    const text = path.join(tempFolder(), 'eval.txt');
    make(text);
    const ran = path.join(tempFolder(), 'ran');
    const engine = old(`touch ${ran}; exit 1`);
    // The program that measures must be there; it does not come to be asked.
    const env = { ...process.env, LLAMA_PERPLEXITY: fakeEngine('exit 1', 'usage') };
    for (const dry of [[], ['--dry-run']]) {
      const where = place();
      const argv = ['quantize', where.source, 'out.gguf', '--type', 'Q8_0', '--engine', engine];
      const { err, exit } = runBinary([...argv, '--evaluate', '--text', text, ...dry], where.folder, env);
      expect(err).toMatch(message);
      expect(exit).toBe(3);
      expect(where.rest()).toEqual([]);
      expect(existsSync(ran)).toBe(false);
    }
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

  test('with --json: the document says why, and so does stderr', () => {
    const where = place();
    writeFileSync(where.out, 'old');
    const { out, err, exit } = run(where, ...Q8, '--json');
    const error = { code: 'not-writable', message: expect.stringContaining('it exists already') };
    expect(quantizeDocumentSchema.parse(JSON.parse(out))).toEqual({
      schema: 'ggufix.quantize/1',
      source: where.source,
      status: 'failed',
      error,
    });
    expect(err).toBe(`ggufix: ${JSON.parse(out).error.message}\n`);
    expect(exit).toBe(3);
  });

  test('with --json: no document where the command line was not understood', () => {
    expect(run(place(), '--json')).toMatchObject({ out: '', exit: 2 });
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

  test.each([
    ['', []],
    [', also for a dry run', ['--dry-run']],
  ])('a result that exists, and what it is made of by any name%s', (_what, dry) => {
    const where = place();
    writeFileSync(where.out, 'old');
    if (dry.length === 0) {
      expect(refusal(where, ...Q8)).toMatchObject({ exit: 3, err: expect.stringContaining('it exists already') });
    } else {
      const planned = documentOf(where, ...Q8, ...dry);
      expect(planned).toMatchObject({
        status: 'planned',
        notes: expect.arrayContaining(['out.gguf exists already: only --force replaces it']),
      });
    }
    expect(readFileSync(where.out, 'utf8')).toBe('old');
    for (const link of [linkSync, symlinkSync]) {
      rmSync(where.out);
      link(where.source, where.out);
      expect(refusal(where, ...Q8, '--force', ...dry)).toMatchObject({
        exit: 3,
        err: expect.stringContaining('of which it is made'),
      });
    }
    const itself = runBinary(['quantize', where.source, where.source, ...Q8, '--force', ...dry], where.folder);
    expect(itself).toMatchObject({ exit: 3, err: expect.stringContaining('it is what the result is made of') });
    expect(readFileSync(where.source).equals(Buffer.from(tinyLlama()))).toBe(true);
  });

  test('a folder that is not there, or is in the way', () => {
    const where = place();
    for (const dry of [[], ['--dry-run']]) {
      const missing = runBinary(['quantize', where.source, 'sub/out.gguf', ...Q8, ...dry], where.folder);
      expect(missing).toMatchObject({ exit: 3, err: expect.stringContaining('its folder does not exist') });
    }
    mkdirSync(where.out);
    expect(refusal(where, ...Q8, '--force')).toMatchObject({ exit: 3, err: expect.stringContaining('it is a folder') });
  });
});
