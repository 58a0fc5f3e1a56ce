import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { recipeDocumentSchema } from '../../../src/report/recipe-json.js';
import { writeBare } from '../../quantizer/recipes/support/header-only.js';
import { gemma3n, llama } from '../../quantizer/recipes/support/shapes.js';
import { dataPath, describeWithData } from '../../support/data.js';
import { describeWithTools, runTool } from '../../support/llama-tools.js';
import { runCli } from '../../support/run-cli.js';
import { tempFile, tempFolder } from '../../support/temp.js';

const llamaFile = (): string => writeBare(llama({ layers: 2 }), tempFolder(), 'llama.gguf');

async function documentOf(...argv: string[]) {
  const { out, err, exit } = await runCli(['recipe', ...argv, '--json']);
  expect([err, exit]).toEqual(['', 0]);
  const document = JSON.parse(out);
  recipeDocumentSchema.parse(document);
  return document;
}

describe('ggufix recipe list', () => {
  test('names the presets', async () => {
    const { out, err, exit } = await runCli(['recipe', 'list']);
    expect([err, exit]).toEqual(['', 0]);
    expect(out.match(/^UD-\S+/gm)).toHaveLength(11);
  });

  test('has nothing but names where it should be quiet', async () => {
    const { out } = await runCli(['recipe', 'list', '--quiet']);
    expect(out).toMatch(/^(UD-\S+\n){11}$/);
  });

  test('has the sizes of a model, which is not read but for its header', async () => {
    const file = writeBare(gemma3n('E2B'), tempFolder());
    const { out } = await runCli(['recipe', 'list', file]);
    expect(out).toMatch(/^UD-Q4_K_XL {2}Q4_K_M {3}optional {2}3\.57 GiB/m);
    const { recipes, source } = await documentOf('list', file);
    expect(source).toBe(file);
    expect(recipes[7]).toMatchObject({ name: 'UD-Q4_K_XL', tensorBytes: 3_832_166_784 });
  });
});

describe('ggufix recipe show', () => {
  test('prints what can be resolved again', async () => {
    const { out } = await runCli(['recipe', 'show', 'UD-IQ2_M']);
    const file = tempFile(Buffer.from(out), 'mine.yaml');
    const model = llamaFile();
    const own = await runCli(['recipe', 'resolve', file, model]);
    expect(own).toEqual(await runCli(['recipe', 'resolve', 'ud-iq2_m', model]));
    expect((await documentOf('show', file)).recipe.name).toBe('UD-IQ2_M');
  });

  test('of a wrong file: every problem with its place, exit 2', async () => {
    const file = tempFile(Buffer.from('name: x\nfileType: Q4_KM\nrule: []\n'), 'bad.yaml');
    const { out, err, exit } = await runCli(['recipe', 'show', file]);
    expect([out, exit]).toEqual(['', 2]);
    expect(err).toBe(
      `ggufix: ${file}:2:11: fileType: no file type is called 'Q4_KM', did you mean 'Q4_K_M'?\nggufix: ${file}:3:1: unknown key 'rule', did you mean 'rules'?\n`,
    );
  });

  test('of a name that is none', async () => {
    const { err, exit } = await runCli(['recipe', 'show', 'UD-Q4']);
    expect([err, exit]).toEqual([expect.stringMatching(/^ggufix: there is no recipe 'UD-Q4'/), 3]);
  });
});

describe('ggufix recipe resolve', () => {
  test('prints types, and as a file for llama-quantize', async () => {
    const model = llamaFile();
    const { out } = await runCli(['recipe', 'resolve', 'Q4_K_M', model]);
    expect(out).toMatch(/^ffn_down +Q6_K +1 .* as in stock Q4_K_M$/m);
    const lines = (await runCli(['recipe', 'resolve', 'Q4_K_M', model, '--tensor-type-file'])).out;
    expect(lines.split('\n')).toHaveLength(2 + 2 * 7 + 1);
    const file = path.join(tempFolder(), 'types.txt');
    const { out: report } = await runCli(['recipe', 'resolve', 'Q4_K_M', model, '-o', file]);
    expect([readFileSync(file, 'utf8'), report]).toEqual([lines, out]);
    expect(await runCli(['recipe', 'resolve', 'Q4_K_M', model, '-o', file, '--force', '-q'])).toMatchObject({
      ...{ out: '', err: '', exit: 0 },
    });
    expect((await runCli(['recipe', 'resolve', 'Q4_K_M', model, '-q'])).out).toBe(out);
  });

  test('a document', async () => {
    const { resolution } = await documentOf('resolve', 'UD-Q6_K_XL', llamaFile());
    expect(resolution.tensors).toHaveLength(16);
  });

  test('refuses pins of another model, naming them', async () => {
    const file = tempFile(Buffer.from('{name: x, fileType: Q8_0, pins: {blk.5.attn_q.weight: q4_K}}'), 'r.yaml');
    const { err, exit } = await runCli(['recipe', 'resolve', file, llamaFile()]);
    expect([err, exit]).toEqual(["ggufix: pin 'blk.5.attn_q.weight': the model has no such tensor\n", 2]);
  });

  test('writes over nothing that it comes from, and over another file only where forced', async () => {
    const model = llamaFile();
    const recipe = tempFile(Buffer.from('{name: x, fileType: Q8_0}'), 'r.yaml');
    const imatrix = tempFile(Buffer.from('x'), 'imatrix.dat');
    const other = tempFile(Buffer.from('mine'), 'types.txt');
    const resolve = (...argv: string[]) => runCli(['recipe', 'resolve', recipe, model, '-o', ...argv]);
    for (const input of [model, recipe, imatrix]) {
      const before = statSync(input);
      const { out, err, exit } = await resolve(input, '--force', '--imatrix', imatrix);
      expect([out, exit]).toEqual(['', 3]);
      expect(err).toContain(`it is ${input}, which it would come from`);
      const { ino, size, mtimeMs } = statSync(input);
      expect({ ino, size, mtimeMs }).toEqual({ ino: before.ino, size: before.size, mtimeMs: before.mtimeMs });
    }
    expect(await resolve(other)).toMatchObject({ exit: 3, err: expect.stringContaining('say --force') });
    expect(readFileSync(other, 'utf8')).toBe('mine');
    expect(await resolve(other, '--force')).toMatchObject({ exit: 0, err: '' });
    expect(readFileSync(other, 'utf8')).toContain('output');
  });
});

describe('ggufix recipe clone', () => {
  const quantized = (name = 'Llama-Q4_K_M.gguf'): string => {
    const { metadata, tensors } = llama({ layers: 2 });
    const types = tensors.map((tensor, i) =>
      tensor.dims.length === 2 ? { ...tensor, type: i % 2 ? ('Q8_0' as const) : ('Q4_K' as const) } : tensor,
    );
    return writeBare({ metadata, tensors: types }, tempFolder(), name);
  };

  test('prints a recipe, or writes it as YAML or JSON', async () => {
    const source = quantized();
    const { out, err } = await runCli(['recipe', 'clone', source]);
    expect([out.split('\n')[0], err]).toEqual(['name: Llama-Q4_K_M', '']);
    const [yaml = '', json = ''] = ['c.yaml', 'c.json'].map((name) => path.join(tempFolder(), name));
    expect((await runCli(['recipe', 'clone', source, '-o', yaml])).out).toBe(`${yaml}: 16 tensors pinned\n`);
    expect((await runCli(['recipe', 'clone', source, '-o', json, '-q'])).out).toBe('');
    expect(readFileSync(yaml, 'utf8')).toBe(out);
    expect(JSON.parse(readFileSync(json, 'utf8')).name).toBe('Llama-Q4_K_M');
    expect((await documentOf('clone', source)).recipe).toEqual(JSON.parse(readFileSync(json, 'utf8')));
  });

  test('writes over another file only where forced, and never over its source', async () => {
    const [source, other] = [quantized(), tempFile(Buffer.from('mine'), 'c.yaml')];
    const clone = (...argv: string[]) => runCli(['recipe', 'clone', source, '-o', ...argv]);
    expect(await clone(other)).toMatchObject({ exit: 3, err: expect.stringContaining('say --force') });
    expect(readFileSync(other, 'utf8')).toBe('mine');
    expect(await clone(other, '--force')).toMatchObject({ exit: 0, err: '' });
    expect(readFileSync(other, 'utf8')).toMatch(/^name: Llama-Q4_K_M\n/);
    const { exit, err } = await clone(source, '--force');
    expect([exit, err]).toEqual([3, expect.stringContaining('which it would come from')]);
  });

  test('of a file with a long name can be read again', async () => {
    const source = quantized(`${'long'.repeat(40)}.gguf`);
    const clone = path.join(tempFolder(), 'c.yaml');
    await runCli(['recipe', 'clone', source, '-o', clone]);
    expect((await documentOf('resolve', clone, llamaFile())).resolution.tensors).toHaveLength(16);
  });

  test('is fitted to a model with other layers', async () => {
    const clone = path.join(tempFolder(), 'c.yaml');
    await runCli(['recipe', 'clone', quantized(), '-o', clone]);
    const model = writeBare(llama({ layers: 5, experts: 2 }), tempFolder());
    const { resolution } = await documentOf('resolve', clone, model);
    expect(resolution.unmapped).toHaveLength(5 * 3);
    expect(resolution.tensors.find(({ name }: { name: string }) => name === 'blk.4.attn_q.weight').why).toBe(
      'as blk.1.attn_q.weight in Llama-Q4_K_M',
    );
  });

  test('of a file that is not quantized, and of none', async () => {
    expect((await runCli(['recipe', 'clone', llamaFile()])).exit).toBe(2);
    expect((await runCli(['recipe', 'clone', '/nowhere.gguf'])).exit).toBe(3);
    const cut = tempFile(readFileSync(llamaFile()).subarray(0, 600));
    expect((await runCli(['recipe', 'clone', cut])).exit).toBe(3);
  });

  test('notes on stderr what llama-quantize could not give', async () => {
    const { metadata, tensors } = llama({ layers: 1 });
    const odd = { name: 'blk.0.laurel_l.weight', type: 'Q8_0', dims: [32, 2] } as const;
    const file = writeBare({ metadata, tensors: [...tensors, odd] }, tempFolder());
    const { err } = await runCli(['recipe', 'clone', file]);
    expect(err).toBe(
      "ggufix: note: 'blk.0.laurel_l.weight' is Q8_0 here, but llama-quantize keeps it as it is in the source\n",
    );
  });
});

describeWithData('with the trained Gemma 3n', () => {
  describeWithTools('what resolve says', ['llama-quantize'], () => {
    test('is what llama-quantize writes with that file and that imatrix, to the byte', async () => {
      const model = dataPath('model', 'tiny-gemma3n-BF16.gguf');
      const imatrix = dataPath('model', 'tiny-gemma3n.imatrix.gguf');
      const folder = tempFolder();
      const [types, out, mine] = ['types.txt', 'out.gguf', 'mine.yaml'].map((name) => path.join(folder, name)) as [
        string,
        string,
        string,
      ];
      writeFileSync(mine, 'name: mine\nfileType: Q4_0\nrules: [{tensors: attn_v, type: q8_0, why: test}]\n');
      const { resolution } = await documentOf('resolve', mine, model, '--imatrix', imatrix, '-o', types);
      runTool('llama-quantize', ['--imatrix', imatrix, '--tensor-type-file', types, model, out, 'Q4_0', '1']);
      expect(statSync(out).size).toBe(resolution.fileBytes);
      const cloned = await documentOf('clone', out);
      expect(
        Object.entries(cloned.recipe.pins)
          .map(([name, type]) => `${name} ${String(type).toUpperCase()}`)
          .sort(),
      ).toEqual(resolution.tensors.map(({ name, type }: { name: string; type: string }) => `${name} ${type}`).sort());
    }, 60_000);
  });
});
